import type { CommandOf } from '../../chat/command.ts';
import {
  isEverything,
  isLoose,
  isNoName,
  isRequestId,
  withoutAppWords,
  withoutArticle,
  withoutLeading,
  withoutTrailing,
  writeCheckName,
} from '../../chat/grammar/check-names.ts';
import { readStrictRequestId } from '../../chat/grammar/id-lines.ts';
import { readName } from '../../chat/grammar/names.ts';
import { offered, type Reading } from '../../chat/grammar/rule.ts';
import { fold, type Word } from '../../chat/grammar/tokens.ts';
import { wordSet } from '../../chat/grammar/word-lists.ts';
import { readPersonInApp } from './check-line.ts';

type StatusCommand = CommandOf<'status'>;

/** States of an app at the end of a question. */
const HEALTH = wordSet(`
  healthy unhealthy up down ok okay fine running working broken quarantined quarantine failing paused syncing stuck
  stopped alive
`);
const BEFORE_HEALTH = wordSet('still currently in not all');
const AFTER_HEALTH = wordSet('now today again currently properly right');
const DOING: ReadonlySet<string> = new Set([...AFTER_HEALTH, 'doing', 'going', 'looking', 'running', 'working']);

/** No app's name is longer in a question. */
const MOST_WORDS = 4;

/** The words after "status". */
export function readStatus(words: readonly Word[]): Reading | null {
  const named = withoutLeading(words);
  const [first, ...rest] = named;
  if (first === undefined || isEverything(named)) return status('command', null);
  if (fold(first) === 'request' || (rest.length === 0 && isRequestId(first))) {
    const shown = offered(readStrictRequestId('show', named));
    if (shown !== null) return shown;
  }
  if (isNoName(named)) return null;
  return readPersonInApp(named) ?? status('command', readName(withoutArticle(words)));
}

/** The words after "how is": one word is an app, several may be anything. */
export function readHowIs(words: readonly Word[]): Reading | null {
  const named = withoutTrailing(words, DOING);
  if (isEverything(named)) return status('command', null);
  const article = fold(named[0]) === 'the' ? 1 : 0;
  const app = withoutAppWords(named.slice(article));
  if (app.length === 0 || isNoName(app) || (article === 1 && app.length === named.length - 1)) return null;
  const saysDoing = named.length < words.length;
  return readPersonInApp(app) ?? status(isLoose(app) && !saysDoing ? 'nearly' : 'command', readName(app));
}

/** The words after "is": an app and a state. */
export function readIsHealthy(words: readonly Word[]): Reading | null {
  const asked = withoutTrailing(words, AFTER_HEALTH);
  if (asked.length < 2 || !HEALTH.has(fold(asked.at(-1)))) return null;
  const named = withoutTrailing(asked.slice(0, -1), BEFORE_HEALTH);
  if (isEverything(named)) return status('command', null);
  const app = withoutAppWords(withoutLeading(named));
  if (app.length === 0 || app.length > MOST_WORDS || isNoName(app)) return null;
  return readPersonInApp(app) ?? status('command', readName(app));
}

/** The words after "which apps are". */
export function readWhichAre(words: readonly Word[]): Reading | null {
  const left = withoutTrailing(words, AFTER_HEALTH).filter((word) => !BEFORE_HEALTH.has(fold(word)));
  return left.length === 1 && HEALTH.has(fold(left[0])) ? status('command', null) : null;
}

/** The words after "what is wrong with": a person in an app, or an app. */
export function readWrongWith(words: readonly Word[]): Reading | null {
  const named = withoutLeading(words);
  if (named.length === 0 || isNoName(named)) return null;
  return readPersonInApp(named) ?? status('nearly', readName(withoutAppWords(named)));
}

export function writeStatus({ app }: StatusCommand): string {
  return app === null ? 'status' : `status ${writeCheckName(app)}`;
}

function status(kind: 'command' | 'nearly', app: string | null): Reading<StatusCommand> {
  return { kind, command: { verb: 'status', app } };
}
