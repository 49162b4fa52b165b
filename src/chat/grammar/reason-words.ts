import { toPhrases } from './tokens.ts';
import { wordSet } from './word-lists.ts';

/** Words that introduce a reason. */
export const LEAD_INS = toPhrases(`
  because | because of | cuz | since | due to | so that | in order to | reason is | reason being | for the reason
  for the reason that | for this reason | for reason | with the reason | with reason | the reason is | the reason being
  as part of
`);
/** They introduce a reason only before a subject: names contain `as` and `so`, too. */
export const WEAK_LEAD_INS = wordSet('as so');
/** A name with one of these must be quoted. */
export const REASON_WORDS: ReadonlySet<string> = new Set([...LEAD_INS.map(([first = '']) => first), ...WEAK_LEAD_INS]);
