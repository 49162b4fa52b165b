import { negationIn } from '../grammar/negations.ts';
import type { Mention } from './app-mentions.ts';
import { clauseIn, cutTakenBack, peopleIn, remainderOf } from './person-words.ts';

/** The apps of a line, each with the people that the words next to it may name. */
export interface Around {
  readonly pairs: readonly Pair[];
  /** Words that belong to no pair, as typed. */
  readonly leftOut: readonly string[];
}

export interface Pair {
  /** In the format of `peopleIn`. */
  readonly people: readonly (readonly string[])[];
  readonly app: string;
}

interface Gap {
  /** The words between two apps, without the negated ones. */
  readonly kept: string;
  /** From the negation to the next app. */
  readonly rest: string;
  readonly people: readonly (readonly string[])[];
}

/**
 * Pairs people with apps: the people before an app, or else those of the previous app ("isaiah to Salesforce and
 * GitHub"). Where no people precede the first app, the people after each app, or else those of the next ("Salesforce
 * and GitHub for isaiah, Box for adele"). A negated part ("but not GitHub") is left out, with all that follows it if it
 * is an app or has people of its own. People who could belong to either neighboring app end the reading.
 *
 * @param isAsked the line is a question: a condition in it is what it asks
 */
export function readAround(line: string, all: readonly Mention[], isAsked = false): Around {
  const told = isAsked ? line.length : clauseIn(line);
  // A word inside an app's name begins no clause.
  const clause = all.some(({ from, to }) => from <= told && told < to) ? line.length : told;
  const mentions = all.filter(({ from }) => from < clause);
  const gaps = [0, ...mentions.map(({ to }) => to)].map((from, at): Gap => {
    const text = line.slice(from, mentions[at]?.from ?? clause);
    // "why is adele not in Salesforce" negates nothing.
    const { kept, rest } = isAsked && at === 0 ? { kept: text, rest: '' } : cutTakenBack(text);
    return { kept, rest, people: peopleIn(kept) };
  });
  const end = endOf(gaps, mentions.length);
  const pairs = pairsOf(gaps.slice(0, end + 1), mentions.slice(0, end));

  const used = new Set(pairs.map(({ gap }) => gap));
  const unused = gaps.slice(0, end + 1).flatMap((gap) => (used.has(gap) || gap.people.length === 0 ? [] : [gap.kept]));
  const takenBack = gaps.slice(0, end).map(({ rest }) => rest.replace(JOINT_LAST, ''));
  // From the negated app on.
  const behind = line.slice((mentions[end - 1]?.to ?? 0) + (gaps[end]?.kept.length ?? 0));
  const tickets = line.match(/#?\b(?:[A-Z]{2,10}-?\d{3,})\b/g) ?? [];
  return {
    pairs: pairs.map(({ gap, app }) => ({ people: gap?.people ?? [], app })),
    leftOut: [...tickets, ...[...unused, ...takenBack, behind].map(remainderOf)],
  };
}

/** The first app that is not meant, or whose people are unclear. */
function endOf(gaps: readonly Gap[], count: number): number {
  const hasFirst = (gaps[0]?.people.length ?? 0) > 0;
  const at = gaps.slice(0, count).findIndex(({ kept, rest, people }, index) => {
    if (rest !== '') return people.length === 0 || peopleIn(rest.slice(negationIn(rest)?.end)).length === 0;
    // "Salesforce to isaiah, adele to": one person after the app, one before it.
    return index > 0 && people.length > 0 && JOINT_FIRST.test(kept) && (hasFirst || JOINT_LAST.test(kept));
  });
  return at < 0 ? count : at;
}

export const JOINT_FIRST = /^[\s,;:]*(?:to|into|in|on|for)(?!\S)/i;
export const JOINT_LAST = /(?<!\S)(?:to|into|in|on|for)(?:\s+(?:the|my|our))?\s*$/i;

function pairsOf(gaps: readonly Gap[], mentions: readonly Mention[]) {
  const named = gaps.map((gap) => (gap.people.length > 0 ? gap : null));
  const isBehind = named[0] === null;
  return mentions.map(({ name }, index) => {
    const before = named.slice(0, index + 1).findLast((gap) => gap !== null);
    const after = named.slice(index + 1).find((gap) => gap !== null);
    return { gap: (isBehind ? (after ?? before) : before) ?? null, app: name };
  });
}
