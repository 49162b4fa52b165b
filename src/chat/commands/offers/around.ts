import type { Mention } from './app-mentions.ts';
import { peopleIn, remainderOf, takesBack } from './person-words.ts';

/** The apps of a line, each with the people that the words beside it may name. */
export interface Around {
  readonly pairs: readonly Pair[];
  /** Words that belong to none of them, as they were typed. */
  readonly leftOut: readonly string[];
}

export interface Pair {
  /** As `peopleIn` gives them. */
  readonly people: readonly (readonly string[])[];
  readonly app: string;
}

/**
 * Who goes with which app: the people in front of it, or else those of the app before ("isaiah to Salesforce and
 * GitHub"); where none stand in front at all, the first that follow ("Salesforce for isaiah"). What is taken back
 * ("but not GitHub") counts as left out.
 */
export function readAround(line: string, mentions: readonly Mention[]): Around {
  const gaps = [0, ...mentions.map(({ to }) => to)].map((from, at) => {
    const text = line.slice(from, mentions[at]?.from ?? line.length);
    return { text, people: peopleIn(text) };
  });
  const end = mentions.findIndex((_, at) => at > 0 && takesBack(gaps[at]?.text ?? ''));
  const kept = end < 0 ? mentions : mentions.slice(0, end);
  const first = gaps.findIndex(({ people }) => people.length > 0);

  const used = new Set<number>();
  let at = first;
  const pairs = kept.map(({ name }, index): Pair => {
    if ((gaps[index]?.people.length ?? 0) > 0) at = index;
    used.add(at);
    return { people: gaps[at]?.people ?? [], app: name };
  });
  const rest = end < 0 ? [] : [line.slice(mentions[end - 1]?.to ?? 0)];
  const unused = gaps.flatMap(({ text, people }, index) =>
    people.length > 0 && !used.has(index) && (end < 0 || index < end) ? [text] : [],
  );
  const tickets = line.match(/#?\b(?:[A-Z]{2,10}-?\d{3,})\b/g) ?? [];
  return { pairs, leftOut: [...tickets, ...[...unused, ...rest].map(remainderOf)] };
}
