import type { CommandOf } from '../../chat/command.ts';
import {
  isEverything,
  isNoName,
  withoutArticle,
  withoutEnding,
  withoutPossessive,
  writeCheckName,
} from '../../chat/grammar/check-names.ts';
import { readName } from '../../chat/grammar/names.ts';
import { incomplete, type Reading } from '../../chat/grammar/rule.ts';
import { fold, toPhrases, type Word } from '../../chat/grammar/tokens.ts';
import { wordSet } from '../../chat/grammar/word-lists.ts';

/** Where a watch reports, if the line says so; it reports to this conversation anyway. */
const HERE = toPhrases(`
  here | in here | in this channel | in this chat | in this group | in this conversation | in this team | in this thread
  to this channel | from here
`);

/** "Salesforce failures", "failures in Salesforce" */
const FAILURES = wordSet('failures failure failed errors');

/** The words after “watch” or “unwatch”. */
export function readWatch(verb: 'watch' | 'unwatch', words: readonly Word[]): Reading | null {
  const said = withoutArticle(withoutEnding(words, HERE));
  const failures = [said.at(0), said.at(-1)].some((word) => FAILURES.has(fold(word)));
  const isLast = FAILURES.has(fold(said.at(-1)));
  const named = failures ? withoutArticle(isLast ? said.slice(0, -1) : said.slice(1)) : said;
  if (isEverything(named))
    return verb === 'watch' ? incomplete(verb, 'app', named) : { kind: 'command', command: { verb: 'watches' } };
  if (isNoName(named)) return null;
  const app = readName(withoutPossessive(named));
  if (app === null) return incomplete(verb, 'app');
  return { kind: 'command', command: { verb, app, ...(failures ? { failures } : {}) } };
}

export function writeWatch({ verb, app, failures }: CommandOf<'watch' | 'unwatch'>): string {
  return `${verb} ${writeCheckName(app)}${failures === true ? ' failures' : ''}`;
}

/** The rule of a line about all apps. */
export const readAll = (verb: 'watchAll' | 'unwatchAll') => (words: readonly Word[]) =>
  withoutEnding(words, HERE).length === 0 ? ({ kind: 'command', command: { verb } } as const) : null;
