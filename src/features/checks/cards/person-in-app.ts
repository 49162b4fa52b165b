import type { CheckView } from '../../../chat/cards/card-views.ts';
import { markdownText } from '../../../chat/cards/safe-text.ts';
import type { Messages } from '../../../chat/messages.ts';
import type { Explained } from '../../../chat/views/explained.ts';
import { entraLink, personLabel, personName, short, toggleOf } from '../../../chat/views/parts.ts';
import { lookOf } from '../../../chat/views/tone.ts';
import { actsInEntra, type Viewpoint } from '../../../chat/views/viewpoint.ts';

export interface CheckedPerson {
  readonly id: string;
  readonly name: string;
  readonly principalName: string;
  readonly guest?: boolean;
}

/** What a card about one person in one app is about, and who reads it. */
export interface PersonInApp {
  readonly person: CheckedPerson;
  readonly app: { readonly id: string; readonly name: string };
  /** Whose next step it tells. */
  readonly viewpoint: Viewpoint;
  /** The cloud's Entra admin center; without it there is no link. */
  readonly entraPortalUrl: string | null;
}

export interface PersonAppNames {
  /** Cut, and not yet escaped. */
  readonly person: string;
  readonly app: string;
  readonly [name: string]: string;
}

export function namesOf({ person, app }: Pick<PersonInApp, 'person' | 'app'>): PersonAppNames {
  return { person: personName({ name: person.name || person.principalName }), app: short(app.name) };
}

/** How such a card begins and ends: the verdict, the person and the app, the details, and the app's page in Entra. */
export function personInAppView(
  words: Messages,
  { person, app, viewpoint, entraPortalUrl }: PersonInApp,
  said: Pick<Explained, 'tone' | 'title'>,
  {
    summary,
    details,
    page,
  }: {
    readonly summary: string;
    readonly details: CheckView['details'];
    readonly page: (portal: string, appId: string) => string;
  },
) {
  return {
    fallbackText: summary,
    look: lookOf(said.tone),
    title: markdownText(said.title),
    subject: [{ text: words.card('subject.inApp', namesOf({ person, app })) }],
    label: personLabel(words, { label: person.principalName, guest: person.guest === true }),
    tables: [],
    details,
    toggles: toggleOf(words, details),
    links: entraLink(words, actsInEntra(viewpoint) && entraPortalUrl !== null ? page(entraPortalUrl, app.id) : null),
  } satisfies Partial<CheckView>;
}
