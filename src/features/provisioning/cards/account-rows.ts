import type { ListRow, ListSection } from '../../../chat/cards/card-views.ts';
import type { Messages } from '../../../chat/messages.ts';
import { moreText, short } from '../../../chat/views/parts.ts';
import type { Tone } from '../../../chat/views/tone.ts';
import type { Account } from '../../../requests/overview.ts';
import type { AppRef } from '../../../requests/request.ts';
import { OUTCOME_TONES } from './outcome-words.ts';
import { calledName, type RowLimits, row, STATE_WORDS } from './people-rows.ts';

/** In a row, so many names stand beside a result; of more, their number. */
const mostNamed = 4;

/** The people of a request over several apps, each once, in the order in which they were named. */
export function peopleIn(accounts: readonly Pick<Account, 'subject'>[]): readonly Account['subject'][] {
  return [...new Map(accounts.map(({ subject }) => [subject.id, subject])).values()];
}

/** A person in an app; `word`: what became of it, in plain text. */
export interface Cell extends Pick<Account, 'subject' | 'appId'> {
  readonly tone: Tone;
  readonly word: string;
}

/** The accounts as rows, see `cellSection`. */
export function accountSection(
  words: Messages,
  apps: readonly AppRef[],
  accounts: readonly Account[],
  limits: RowLimits,
): ListSection[] {
  const cells = accounts.map(({ subject, appId, state, outcome }): Cell => {
    if (outcome !== null)
      return { subject, appId, tone: OUTCOME_TONES[outcome], word: words.plain(`count.${outcome}`) };
    // A done task without an outcome does not occur; it would count as one in progress.
    const [tone, word] = STATE_WORDS[state === 'done' ? 'running' : state];
    return { subject, appId, tone, word: words.plain(word) };
  });
  return cellSection(words, apps, cells, limits);
}

/** The cells as rows: one for each person or each app, whichever are fewer, with what became of the other. */
export function cellSection(
  words: Messages,
  apps: readonly AppRef[],
  cells: readonly Cell[],
  limits: RowLimits,
): ListSection[] {
  const people = peopleIn(cells);
  const personName = (one: Cell) => calledName(words, one.subject, limits.name);
  const appName = ({ appId }: Cell) => short(apps.find(({ id }) => id === appId)?.name ?? appId, limits.name);
  const isByPerson = people.length < apps.length;
  const [titleOf, nameIn] = isByPerson ? [personName, appName] : [appName, personName];
  const groups = [...Map.groupBy(cells, (one) => (isByPerson ? one.subject.id : one.appId)).values()];
  const rows = groups.slice(0, limits.rows).flatMap((group): ListRow[] => {
    const [first] = group;
    if (first === undefined) return [];
    return [row(toneOf(group), titleOf(first), lineOf(words, group, nameIn), limits)];
  });
  return [{ headings: [], rows, more: moreText(words, groups.length - rows.length) }];
}

function lineOf(words: Messages, group: readonly Cell[], nameIn: (one: Cell) => string): string {
  return words.dotted(
    [...Map.groupBy(group, ({ word }) => word)].map(([word, ones]) => {
      const names =
        ones.length > mostNamed ? words.plain('list.number', { count: ones.length }) : words.list(ones.map(nameIn));
      return words.plain('list.cell', { word, names });
    }),
  );
}

/** One tone for several: what goes on comes first, then what went wrong. */
export function toneOf(group: readonly Pick<Cell, 'tone'>[]): Tone {
  const tones = group.map(({ tone }) => tone);
  if (tones.includes('working')) return 'working';
  if (tones.includes('waiting')) return 'waiting';
  const [first = 'neutral', ...others] = new Set(tones);
  if (others.length === 0) return first;
  return tones.every((tone) => tone === 'good' || tone === 'neutral') ? 'neutral' : 'warning';
}
