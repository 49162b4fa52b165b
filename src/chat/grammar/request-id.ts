import { writeName } from './names.ts';
import type { Reading } from './rules.ts';
import { fold, trimEdges, type Word } from './words.ts';

/** Words around an id that say what it is. */
const AROUND: ReadonlySet<string> = new Set([
  ...['request', 'the', 'id', 'number', 'no', 'task', 'list', 'of', 'in', 'from', 'for', 'failed', 'failures'],
  ...['ones', 'only', 'people', 'users', 'again', 'now', 'all', 'everything', 'my'],
]);

/** The words after "retry" or "cancel"; null when they are no id, since both words mean so much else. */
export function readRequestId<V extends 'retry' | 'cancel'>(
  verb: V,
  words: readonly Word[],
): Reading<{ readonly verb: 'retry' | 'cancel'; readonly requestId: string }> | null {
  const left = words.filter((word) => !AROUND.has(fold(word)) && word.text !== '#');
  const [only, second] = left;
  if (only === undefined) return { kind: 'incomplete', verb, missing: 'subject', said: [] };
  if (second !== undefined) return null;
  const id = trimEdges(only.text, '#([<', ')]>.,;:!?').toUpperCase();
  return /^[0-9A-Z]{4,12}$/.test(id) ? { kind: 'command', command: { verb, requestId: id } } : null;
}

export function writeRequestId({ verb, requestId }: { verb: 'retry' | 'cancel'; requestId: string }): string {
  return `${verb} ${AROUND.has(requestId.toLowerCase()) ? `"${requestId}"` : writeName(requestId)}`;
}
