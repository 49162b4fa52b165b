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
export function peopleIn(accounts: readonly Account[]): readonly Account['subject'][] {
  return [...new Map(accounts.map(({ subject }) => [subject.id, subject])).values()];
}

/** The accounts as rows: one for each person or each app, whichever are fewer, with what became of the other. */
export function accountSection(
  words: Messages,
  apps: readonly AppRef[],
  accounts: readonly Account[],
  limits: RowLimits,
): ListSection[] {
  const people = peopleIn(accounts);
  const personName = (one: Account) => calledName(words, one.subject, limits.name);
  const appName = ({ appId }: Account) => short(apps.find(({ id }) => id === appId)?.name ?? appId, limits.name);
  const isByPerson = people.length < apps.length;
  const [titleOf, nameIn] = isByPerson ? [personName, appName] : [appName, personName];
  const groups = [...Map.groupBy(accounts, (one) => (isByPerson ? one.subject.id : one.appId)).values()];
  const rows = groups.slice(0, limits.rows).flatMap((group): ListRow[] => {
    const [first] = group;
    if (first === undefined) return [];
    return [row(toneOf(group), titleOf(first), lineOf(words, group, nameIn), limits)];
  });
  return [{ headings: [], rows, more: moreText(words, groups.length - rows.length) }];
}

function lineOf(words: Messages, group: readonly Account[], nameIn: (one: Account) => string): string {
  const cells = Map.groupBy(group, ({ state, outcome }) =>
    outcome === null ? stateWord(state) : (`count.${outcome}` as const),
  );
  return [...cells]
    .map(([key, ones]) => {
      const names =
        ones.length > mostNamed ? words.plain('list.number', { count: ones.length }) : words.list(ones.map(nameIn));
      return words.plain('list.cell', { word: words.plain(key), names });
    })
    .join(' · ');
}

/** A done task without an outcome does not occur; it would count as one in progress. */
const stateWord = (state: Account['state']) => STATE_WORDS[state === 'done' ? 'running' : state][1];

function toneOf(group: readonly Account[]): Tone {
  const states = group.map(({ state }) => state);
  if (states.includes('running')) return 'working';
  if (states.includes('waiting') || states.includes('held')) return 'waiting';
  const tones = group.map(({ outcome }) => (outcome === null ? 'neutral' : OUTCOME_TONES[outcome]));
  const [first = 'neutral', ...others] = new Set(tones);
  if (others.length === 0) return first;
  return tones.every((tone) => tone === 'good' || tone === 'neutral') ? 'neutral' : 'warning';
}
