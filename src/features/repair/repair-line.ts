import type { CommandOf } from '../../chat/command.ts';
import {
  isEverything,
  isNoName,
  withoutArticle,
  withoutLeading,
  writeCheckName,
} from '../../chat/grammar/check-names.ts';
import { readName } from '../../chat/grammar/names.ts';
import { readReason, reasonPlace, withoutMarksAtTheEnd, writeBecause } from '../../chat/grammar/reasons.ts';
import { incomplete, type Reading } from '../../chat/grammar/rule.ts';
import { cutEnd, writeTerms } from '../../chat/grammar/terms.ts';
import { fold, type Word } from '../../chat/grammar/tokens.ts';
import { wordSet } from '../../chat/grammar/word-lists.ts';

/** The lines about an app's job: "pause Salesforce for 30 minutes because …", "start Salesforce", "lift Salesforce". */

const OF_A_JOB = wordSet('sync synchronization provisioning job connector credentials connection');
const PHRASE_ENDS = wordSet('over again anew up');

function readApp(verb: 'test' | 'pause' | 'start' | 'repair', words: readonly Word[]): string | Reading | null {
  const named = withoutArticle(withoutLeading(withoutMarksAtTheEnd(words), OF_A_JOB));
  if (named.length === 0 || isEverything(named)) return incomplete(verb, 'app', named);
  if (isNoName(named)) return null;
  return readName(named) ?? incomplete(verb, 'app', named);
}

interface WithReason {
  readonly words: readonly Word[];
  readonly reason: string | null;
}

function cutReason(words: readonly Word[]): WithReason {
  const place = reasonPlace(words, false);
  if (place === null) return { words, reason: null };
  return {
    words: withoutMarksAtTheEnd(words.slice(0, place.at)),
    reason: readReason(words.slice(place.at + place.length)),
  };
}

export function readTest(words: readonly Word[]): Reading | null {
  // Typed alone, it tries the bot and no app.
  if (words.length === 0) return null;
  const app = readApp('test', words);
  return typeof app === 'string' ? { kind: 'command', command: { verb: 'test', app } } : app;
}

export function readPause(all: readonly Word[]): Reading | null {
  const { words, reason } = cutReason(all);
  const cut = cutEnd(words);
  const app = readApp('pause', cut?.words ?? words);
  if (typeof app !== 'string') return app;
  return { kind: 'command', command: { verb: 'pause', app, end: cut?.end ?? null, reason } };
}

export function writePause({ app, end, reason }: CommandOf<'pause'>): string {
  return [
    `pause ${writeCheckName(app)}`,
    ...writeTerms({ start: null, end }),
    ...(reason === null ? [] : [writeBecause(reason)]),
  ].join(' ');
}

export function readStart(all: readonly Word[]): Reading | null {
  // Typed alone, it greets a bot.
  if (all.length === 0) return null;
  const { words, reason } = cutReason(all);
  const last = fold(words.at(-1));
  // "start Salesforce over" is another thing than "start Salesforce again".
  if (words.length > 1 && PHRASE_ENDS.has(last)) {
    const rest = words.slice(0, -1);
    return last === 'again' ? readStart(rest) : readRepair('startOver')([...rest, ...all.slice(words.length)]);
  }
  const app = readApp('start', words);
  return typeof app === 'string' ? { kind: 'command', command: { verb: 'start', app, reason } } : app;
}

export function writeStart({ app, reason }: CommandOf<'start'>): string {
  return [`start ${writeCheckName(app)}`, ...(reason === null ? [] : [writeBecause(reason)])].join(' ');
}

/** The words after a phrase that means this repair, or after "repair" alone. */
export const readRepair =
  (how: CommandOf<'repair'>['how']) =>
  (all: readonly Word[]): Reading | null => {
    const { words, reason } = cutReason(all);
    const app = readApp('repair', words);
    return typeof app === 'string' ? { kind: 'command', command: { verb: 'repair', app, how, reason } } : app;
  };

const LINES: Readonly<Record<NonNullable<CommandOf<'repair'>['how']>, string>> = {
  lift: 'lift the quarantine of',
  retryFailed: 'retry the failures of',
  forgetFailures: 'forget the failures of',
  startOver: 'start over',
  allowDeletions: 'allow the deletions of',
};

export function writeRepair({ app, how, reason }: CommandOf<'repair'>): string {
  const line = `${how === null ? 'repair' : LINES[how]} ${writeCheckName(app)}`;
  return reason === null ? line : `${line} ${writeBecause(reason)}`;
}
