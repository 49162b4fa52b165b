import { distance } from 'fastest-levenshtein';

/** Longer names are compared only for equality: the work grows with the cube of the length. */
const LONGEST_COMPARED = 100;
/** Shorter beginnings match too many names. */
const SHORTEST_PREFIX = 3;
const DEFAULT_MAX = 2;

/**
 * The number of typos between two words: an extra, missing or wrong letter counts one each, and so does one swapped
 * pair of neighbors, the most common typo, which plain Levenshtein counts twice.
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

/** Whether one word is probably a typo of the other: at most `max` typos, and fewer than half of the shorter word. */
export function isNear(typed: string, meant: string, max: number = DEFAULT_MAX): boolean {
  if (typed === meant) return true;
  if (Math.abs(typed.length - meant.length) > max) return false;
  if (Math.max(typed.length, meant.length) > LONGEST_COMPARED) return false;
  const slips = typingDistance(typed, meant);
  return slips <= max && slips < Math.min(typed.length, meant.length) / 2;
}

/**
 * The candidate that was probably meant, as spelled in the list; null when none is near. Case, white space, hyphens,
 * dots and underscores make no difference. The beginning of a name counts too (`git`, `githb` → GitHub Enterprise), if
 * no whole name is as near. Of equally near ones the shortest wins, then the earlier.
 *
 * @param options.max the most typos to forgive; 2 by default, and always fewer than half of the word
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

/** Typos, plus a half when only the beginning of the name was typed; infinite when it is not near. */
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
