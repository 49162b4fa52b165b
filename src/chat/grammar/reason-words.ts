import { toPhrases } from './words.ts';

/** The words that lead in a reason. */
export const LEAD_INS = toPhrases([
  ...['because', 'because of', 'cuz', 'since', 'due to', 'so that', 'in order to', 'reason is', 'reason being'],
  ...['for the reason', 'for the reason that', 'for this reason', 'for reason', 'with the reason', 'with reason'],
  ...['the reason is', 'the reason being', 'as part of'],
]);
/** They lead in only what somebody does: `as` and `so` stand in names as well. */
export const WEAK_LEAD_INS: ReadonlySet<string> = new Set(['as', 'so']);
/** With one of these a name has to be quoted. */
export const REASON_WORDS: ReadonlySet<string> = new Set([...LEAD_INS.map(([first = '']) => first), ...WEAK_LEAD_INS]);
