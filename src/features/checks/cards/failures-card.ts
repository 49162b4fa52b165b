import type { ListView } from '../../../chat/cards/card-views.ts';
import { renderLargestThatFits } from '../../../chat/cards/render.ts';
import { markdownText } from '../../../chat/cards/safe-text.ts';
import type { Messages } from '../../../chat/messages.ts';
import type { CardMessage } from '../../../chat/reply.ts';
import { provisioningPageUrl } from '../../../chat/views/entra-link.ts';
import { entraLink, lineButton, listAsText, maybe, short } from '../../../chat/views/parts.ts';
import { lookOf } from '../../../chat/views/tone.ts';
import type { Viewpoint } from '../../../chat/views/viewpoint.ts';
import { verdictOf } from '../../provisioning/cards/outcome-text.ts';
import { shortReason } from '../../provisioning/cards/reason-texts.ts';
import { writeStatus } from '../status-line.ts';
import type { FailedPerson, FailuresDetails } from '../watching/announcement-details.ts';

export interface FailuresCardInput extends Omit<FailuresDetails, 'kind' | 'people' | 'at'> {
  /** `name`: null for people who are gone. */
  readonly people: readonly (FailedPerson & { readonly name: string | null })[];
  /** Whether the conversation may show names. */
  readonly showsNames: boolean;
  readonly now: number;
  /** The cloud's Entra admin center; without it there is no link. */
  readonly entraPortalUrl: string | null;
  readonly viewpoint: Viewpoint;
}

const LEVELS = [
  { rows: 15, name: 80, line: 200 },
  { rows: 10, name: 40, line: 120 },
  { rows: 5, name: 40, line: 80 },
];

/** Tells a conversation whom an app's job could not provision, why, and what to do first: by reasons, most people first. */
export function failuresCard(
  words: Messages,
  { app, people, count, isComplete, since, showsNames, now, entraPortalUrl, viewpoint }: FailuresCardInput,
): CardMessage {
  const name = short(app.name);
  const reasonOf = ({ outcome }: FailedPerson) => shortReason(words, outcome, name) ?? words.plain('reason.none');
  const reasons = [...Map.groupBy(people, reasonOf)].toSorted(([, one], [, other]) => other.length - one.length);
  const [first] = reasons[0]?.[1] ?? [];
  const values = { count, app: name, more: isComplete ? 'no' : 'yes' };
  const summary = words.plain('failures.title', values);
  const next =
    first === undefined
      ? []
      : verdictOf(words, {
          ...{ outcome: first.outcome, app: app.name, what: 'other', hasAssigned: false, retry: false, viewpoint },
          person: (showsNames ? first.name : null) ?? words.plain('failures.person'),
        }).next;
  const lines = reasons.map(([reason, some]) => words.plain('failures.reason', { reason, count: some.length }));
  const card = renderLargestThatFits('list', LEVELS, (limits): ListView => {
    let left = limits.rows;
    const sections = reasons.map(([reason, some]) => {
      const named = showsNames ? some.slice(0, left) : [];
      left -= named.length;
      return {
        headings: maybe(markdownText(words.plain('failures.reason', { reason, count: some.length }), limits.line)),
        rows: named.map((person) => ({
          ...lookOf('bad'),
          text: markdownText(person.name ?? words.plain('failures.unnamed'), limits.name) || '—',
          line: maybe(words.card('failures.tries', { count: person.times, time: words.moment(person.at, now) })),
          opens: [] as const,
        })),
        more: [] as const,
      };
    });
    const unnamed = count - (showsNames ? limits.rows - left : people.length);
    return {
      fallbackText: listAsText(summary, lines),
      look: lookOf('warning'),
      title: words.card('failures.title', values),
      subject: [],
      bars: [],
      paragraphs: [{ text: words.card('failures.since', { time: words.moment(since, now) }) }],
      sections,
      next: next.length === 0 ? [] : [{ label: words.card('label.next'), text: words.sentences(next) }],
      tickets: [],
      footer: maybe(
        words.sentences([
          showsNames ? null : words.card('failures.hidden'),
          unnamed > 0 ? words.card('failures.more', { count: unnamed }) : null,
          words.card('failures.footer', { app: name }),
        ]),
      ),
      details: [],
      toggles: [],
      links: entraLink(words, entraPortalUrl === null ? null : provisioningPageUrl(entraPortalUrl, app.id)),
      buttons: lineButton(words, 'button.status', writeStatus({ verb: 'status', app: app.name })),
    };
  });
  return { card, summary: words.dotted([summary, ...lines.slice(0, 2)]) };
}
