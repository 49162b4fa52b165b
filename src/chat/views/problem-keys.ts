import type { MessageKey, MessageValues } from '../messages.ts';
import { short } from './parts.ts';
import type { Tone } from './tone.ts';

/** The tone of a problem's card and the keys of its texts: what happened, and what to do next. */
export type ProblemKeys = readonly [tone: Tone, title: MessageKey, happened: MessageKey, next: MessageKey];

type NameWith<Part extends string> = MessageKey extends infer Key
  ? Key extends `problem.${infer Name}.${Part}`
    ? Name
    : never
  : never;
/** The problems that have all their texts under their own name. */
type ProblemName = NameWith<'title'> & NameWith<'happened'> & NameWith<'next'>;

/**
 * The keys of each problem. `tones` has those whose texts have their own name, and a name without texts does not
 * compile; `others` share a text with another problem.
 */
export function problemKeys<Name extends ProblemName, Other extends string = never>(
  tones: Readonly<Record<Name, Tone>>,
  others?: Readonly<Record<Other, ProblemKeys>>,
): Readonly<Record<Name | Other, ProblemKeys>> {
  const own = Object.entries<Tone>(tones).map(([name, tone]) => [name, keysNamed(tone, name as ProblemName)] as const);
  return { ...Object.fromEntries(own), ...others } as Readonly<Record<Name | Other, ProblemKeys>>;
}

function keysNamed(tone: Tone, name: ProblemName): ProblemKeys {
  return [tone, `problem.${name}.title`, `problem.${name}.happened`, `problem.${name}.next`];
}

/** The longest reference or id of a request, as typed. */
const LONGEST_ID = 40;
const IDS: ReadonlySet<string> = new Set(['id', 'access', 'ref']);

/** A problem's own texts and numbers as values for its sentences: texts are cut, and anything else is left out. */
export function valuesIn({ kind: _, ...fields }: { readonly kind: string }): MessageValues {
  return Object.fromEntries(
    Object.entries<unknown>(fields).flatMap(([name, value]): [string, string | number][] => {
      if (typeof value === 'number') return [[name, value]];
      return typeof value === 'string' ? [[name, IDS.has(name) ? short(value, LONGEST_ID) : short(value)]] : [];
    }),
  );
}
