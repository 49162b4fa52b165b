import { distance } from 'fastest-levenshtein';

/** Names longer than this are compared for equality only: the work grows with the cube of the length. */
const LONGEST_COMPARED = 100;
/** Shorter beginnings fit too many names. */
const SHORTEST_PREFIX = 3;
const DEFAULT_MAX = 2;

/**
 * How many slips of the fingers lie between two words: a letter too many, missing or wrong counts one each, and so
 * does one pair of neighbours that changed places, the commonest slip of all, which plain Levenshtein counts twice.
 */
export function typingDistance(typed: string, meant: string): number {
  let fewest = distance(typed, meant);
  for (let at = 0; fewest > 1 && at + 1 < typed.length; at += 1) {
    if (typed[at] === typed[at + 1]) continue;
    const swapped = typed.slice(0, at) + typed.charAt(at + 1) + typed.charAt(at) + typed.slice(at + 2);
    fewest = Math.min(fewest, 1 + distance(swapped, meant));
  }
  return fewest;
}

/** Whether one word is probably the other mistyped: at most `max` slips, and fewer than half of the shorter word. */
export function isNear(typed: string, meant: string, max: number = DEFAULT_MAX): boolean {
  if (typed === meant) return true;
  if (Math.abs(typed.length - meant.length) > max) return false;
  if (Math.max(typed.length, meant.length) > LONGEST_COMPARED) return false;
  const slips = typingDistance(typed, meant);
  return slips <= max && slips < Math.min(typed.length, meant.length) / 2;
}

/**
 * The candidate that was probably meant, as it is spelled in the list; null when none is near. Case, white space,
 * hyphens, dots and underscores make no difference. A beginning of a name will do, too (`git`, `githb` → GitHub
 * Enterprise), if no whole name is as near. Of equally near ones the shortest wins, then the earlier.
 *
 * @param options.max the most slips to forgive; 2 by default, and always fewer than half of the word
 */
export function closest(
  word: string,
  candidates: readonly string[],
  { max = DEFAULT_MAX }: { readonly max?: number } = {},
): string | null {
  const typed = squash(word);
  if (typed === '') return null;
  let best: string | null = null;
  let lowest = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const cost = costOf(typed, candidate, max);
    if (cost < lowest || (cost === lowest && best !== null && candidate.length < best.length)) {
      best = candidate;
      lowest = cost;
    }
  }
  return best;
}

/** Slips, plus a half when only the beginning of the name was typed; infinite when it is not near. */
function costOf(typed: string, candidate: string, max: number): number {
  const whole = squash(candidate);
  if (whole === '') return Number.POSITIVE_INFINITY;
  let cost = isNear(typed, whole, max) ? typingDistance(typed, whole) : Number.POSITIVE_INFINITY;
  if (typed.length >= SHORTEST_PREFIX && whole.startsWith(typed)) cost = Math.min(cost, 0.5);
  if (cost > 1) {
    let beginning = '';
    for (const part of candidate.split(/[\s_.-]+/, 4)) {
      beginning += squash(part);
      if (isNear(typed, beginning, max)) cost = Math.min(cost, typingDistance(typed, beginning) + 0.5);
    }
  }
  return cost;
}

function squash(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_.-]+/g, '');
}
