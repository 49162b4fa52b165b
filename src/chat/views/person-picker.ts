import type { DirectoryUser } from '../../graph/directory.ts';
import { isGuest } from '../../graph/user.ts';
import type { Maybe, PickerRow, PickerView, SubmitButton, Text } from '../cards/card-views.ts';
import { renderCard } from '../cards/render.ts';
import { markdownText, plainText } from '../cards/safe-text.ts';
import type { Messages } from '../messages.ts';
import type { CardMessage } from '../reply.ts';
import { noticeCard } from './notice.ts';
import { LONGEST_NAME, maybe, maybeQuoted, short, submitButton } from './parts.ts';

/** More rows are tedious to read; typing more of the name is quicker. */
export const MOST_CANDIDATES = 6;

export interface PersonCandidate {
  readonly id: string;
  readonly name: string;
  /** User principal name. */
  readonly principalName: string;
  readonly title: string | null;
  readonly department: string | null;
  /** Null when Graph does not tell. */
  readonly enabled: boolean | null;
  readonly guest?: boolean;
}

/** A user as a candidate. */
export function candidateOf(user: DirectoryUser): PersonCandidate {
  return {
    id: user.id,
    name: user.displayName,
    principalName: user.userPrincipalName,
    title: user.jobTitle,
    department: user.department,
    enabled: user.accountEnabled,
    guest: isGuest(user),
  };
}

export interface AppCandidate {
  readonly id: string;
  readonly name: string;
  /** Whether the app has a provisioning job; null when Graph does not tell. */
  readonly configured: boolean | null;
  readonly enabled: boolean | null;
  /** Distinguishes it from apps of the same name, if there are any. */
  readonly details?: AppDetails;
}

export interface AppDetails {
  readonly appId: string;
  /** Milliseconds since 1970; each field is null when Graph does not tell. */
  readonly createdAt: number | null;
  readonly publisher: string | null;
  readonly description: string | null;
}

/** The content of a picker. `choose` gives the whole line that choosing a candidate runs. */
export interface Picking<Candidate> {
  readonly typed: string;
  readonly candidates: readonly Candidate[];
  /** Whether there are more than these. */
  readonly more: boolean;
  readonly choose: (id: string) => string;
}

/** Several people match what was typed: each with distinguishing details and a button. `app` by name, null for none. */
export function personPicker(
  words: Messages,
  { typed, app, candidates, more, choose }: Picking<PersonCandidate> & { readonly app: string | null },
): CardMessage {
  return pickerCard(words, {
    title: words.card('picker.person.title', { typed: short(typed) }),
    intro:
      app === null ? words.card('picker.person.introNoApp') : words.card('picker.person.intro', { app: short(app) }),
    fallbackText: words.plain('picker.person.summary', { typed: short(typed) }),
    more: isMore(candidates, more) ? words.card('picker.person.more') : null,
    rows: candidates.slice(0, MOST_CANDIDATES).map((person) => ({
      name: markdownText(person.name, LONGEST_NAME),
      lines: [...maybeQuoted(person.principalName, 120), ...aboutPerson(words, person)],
      warnings: [
        ...maybe(person.guest === true ? words.card('picker.person.guest') : null),
        ...maybe(person.enabled === false ? words.card('picker.person.disabled') : null),
      ],
      choices: chooseButton(words, person.name, choose(person.id)),
    })),
  });
}

/** One person may be meant, whose name was not typed exactly, e.g. only its beginning. The button runs `line`. */
export function personOffer(
  words: Messages,
  { typed, candidate, line }: { readonly typed: string; readonly candidate: PersonCandidate; readonly line: string },
): CardMessage {
  const person = short(candidate.name);
  const about = [candidate.title ?? '', candidate.department ?? ''].map((text) => short(text, 60));
  const known = words.dotted([person, ...about.filter((text) => text !== '')]);
  return noticeCard(words, {
    tone: 'unknown',
    title: words.card('didYouMean.title'),
    paragraphs: [
      words.card('didYouMean.text', { suggestion: words.line(line) }),
      words.card('personOffer.text', { typed: short(typed), person: known }),
      ...(candidate.guest === true ? [words.card('personOffer.guest', { person })] : []),
    ],
    next: words.card('didYouMean.next'),
    buttons: [{ label: 'yes', verb: 'choose', text: line }],
    summary: words.plain('didYouMean.summary', { suggestion: words.line(line) }),
  });
}

/** Several apps match what was typed. */
export function appPicker(words: Messages, { typed, candidates, more, choose }: Picking<AppCandidate>): CardMessage {
  return pickerCard(words, {
    title: words.card('picker.app.title', { typed: short(typed) }),
    intro: words.card('picker.app.intro'),
    fallbackText: words.plain('picker.app.summary', { typed: short(typed) }),
    more: isMore(candidates, more) ? words.card('picker.app.more') : null,
    rows: candidates.slice(0, MOST_CANDIDATES).map((app) => ({
      name: markdownText(app.name, LONGEST_NAME),
      lines: appLines(words, app),
      warnings: maybe(appWarning(words, app)),
      choices: chooseButton(words, app.name, choose(app.id)),
      // A reader without cards can type the id to choose between apps of the same name.
      ...(app.details === undefined ? {} : { typed: words.remarked(app.name, app.details.appId) }),
    })),
  });
}

export function isMore(candidates: readonly unknown[], more: boolean): boolean {
  return more || candidates.length > MOST_CANDIDATES;
}

function aboutPerson(words: Messages, { title, department }: PersonCandidate): Maybe<Text> {
  const known = [title ?? '', department ?? ''].map((text) => plainText(text, 60)).filter((text) => text !== '');
  const [first, second] = known;
  if (first === undefined || second === undefined) return maybeQuoted(first ?? null);
  return maybe(words.card('picker.person.about', { title: first, department: second }));
}

function appLines(words: Messages, { configured, details }: AppCandidate): Text[] {
  if (details === undefined) return [];
  const { appId, createdAt, publisher, description } = details;
  return [
    ...maybeQuoted(description, 120),
    ...maybe(configured === true ? words.card('picker.app.configured') : null),
    ...maybe(createdAt === null ? null : words.card('picker.created', { day: words.day(createdAt, 'UTC') })),
    ...maybe(publisher === null ? null : words.card('picker.app.publisher', { publisher: short(publisher) })),
    ...maybe(words.card('picker.app.id', { id: short(appId) })),
  ];
}

function appWarning(words: Messages, { configured, enabled }: AppCandidate): string | null {
  if (enabled === false) return words.card('picker.app.disabled');
  return configured === false ? words.card('picker.app.notConfigured') : null;
}

export function chooseButton(words: Messages, name: string, line: string): Maybe<SubmitButton> {
  // Six buttons titled "Choose" sound alike in a screen reader, so the tooltip says which candidate.
  const tooltip = words.plain('button.chooseOne', { name: short(name) });
  return submitButton(words, 'button.choose', { verb: 'choose', text: line }, tooltip);
}

/** `typed`: what to type for the candidate, where its name alone is not enough. */
type Row = PickerRow & { readonly typed?: string };

/** Draws candidates, each with its button. */
export function pickerCard(
  words: Messages,
  picker: Pick<PickerView, 'title' | 'intro' | 'fallbackText'> & { more: string | null; rows: readonly Row[] },
): CardMessage {
  // The fallback text includes the names: a reader without cards can still type one of them.
  const names = words.list(picker.rows.map(({ name, typed }) => typed ?? name.replace(/\\(.)/g, '$1')));
  const fallbackText =
    names === '' ? picker.fallbackText : words.sentences([picker.fallbackText, words.sentence(names)]);
  const rows = picker.rows.map(({ typed: _, ...row }) => row);
  const view: PickerView = { ...picker, rows, fallbackText, more: maybe(picker.more), buttons: [] };
  return { card: renderCard('picker', view), summary: picker.fallbackText };
}
