/**
 * How the work of a reader grows with its input. Time is the processor's, of this thread alone, so that a machine busy
 * with other things changes little, nor do the threads that collect the garbage of earlier suites; what still changes is
 * taken out by repeating.
 */
export interface Growth {
  /** What ten times the input cost, as a multiple. */
  readonly factor: number;
  /** Milliseconds of the larger input. */
  readonly work: number;
}

export interface Reader {
  readonly name: string;
  /**
   * How long the larger input is, in UTF-16 units: the longest text that gets to the reader, or as much of it as shows
   * how the work grows. At 8,000 what is quadratic already costs 64,000,000 steps.
   */
  readonly size: number;
  readonly read: (text: string) => unknown;
}

/** Linear is ten; the rest is for logarithms, caches of the processor and the collector of garbage. */
export const mostGrowth = 15;
/** Less work than this is noise, and stops nothing. */
const telling = 30;
const attempts = 20;
const tenfold = 10;

/** A text of one of the kinds that readers stumble over. */
export interface Degenerate {
  readonly name: string;
  readonly of: (length: number) => string;
}

const units = [
  // One character.
  ...[',', ' ', '"', "'", '@', '<', '>', '(', ')', '[', ']', '{', '\n', '\r', '\t', 'a', 'A', '1', '.', '-', '/', '\\'],
  ...[
    '&',
    ';',
    ':',
    '=',
    '*',
    '$',
    '#',
    '?',
    '!',
    '_',
    '`',
    '|',
    '„',
    '😀',
    '\u0301',
    'א',
    '\u202e',
    '\u200d',
    '\u200b',
  ],
  ...['\u00a0', '\u{e0041}', '\u3164', '\ufe0f', '\ud800', 'ａ', 'ﬀ', 'İ', '\u1100', '\u001b'],
  // Almost the text that a reader looks for.
  ...[
    'provision user ',
    'to ',
    'for ',
    'in to ',
    'a to b ',
    '1/',
    '1/1/1 ',
    'a@',
    'a@b ',
    'a@b.c ',
    'a@b.c,',
    '<a@b.c> ',
    'a@b.c\n',
  ],
  ...[
    'and ',
    'because ',
    'he, ',
    'until ',
    'until "" ',
    'on ',
    'starting ',
    'from 1 to ',
    'in 3 days ',
    '1 dec, ',
    '5pm ',
  ],
  ...[
    'next monday ',
    'access to ',
    'request access for ',
    'with the members ',
    'thanks\n',
    'please ',
    'the ',
    "a's ",
    '-- \na\n',
  ],
  // Markup, tables, names and what stands for characters.
  ...[
    '<at>',
    '</at>',
    '<at>x</at>',
    '<a<at>',
    '<div>',
    '<p>x',
    '<br>',
    '<a ',
    '<!--',
    '[a](http://b)',
    '[](',
    '[a',
    '(a',
    '{"a":',
    '[[',
  ],
  ...[
    '${',
    '{{',
    '&amp;',
    '&amp;amp;',
    '&#x',
    '"a" ',
    '"a ',
    '""x',
    "'a ",
    "a' ",
    'a,b',
    'a, b\n',
    'a\tb\n',
    '1. a\n',
    '"\n',
    'a"b"\n',
  ],
  ...[
    '\r\n',
    '","',
    ' ,',
    'cn=a,',
    'CN=a, OU=b, ',
    'dc=a,',
    'Vance, Adele; ',
    'Vance, A <a@b.c>; ',
    'a\u0301',
    'é\n',
    '明日',
    'a\u200d',
  ],
  ...[
    'password: ',
    'token=',
    '"iban": "',
    '-----BEGIN ',
    'eyJ',
    'a.a.',
    '\\"',
    '%22',
    '00000000-0000-4000-8000-000000000000 ',
  ],
];

/** Repeated, and with an end that fails what all before it seemed to promise. */
export const degenerates: readonly Degenerate[] = units.flatMap((unit) => [
  { name: JSON.stringify(unit), of: (length) => filled(unit, length) },
  ...(unit.length > 1
    ? []
    : [{ name: `${JSON.stringify(unit)} and an end`, of: (length: number) => `${filled(unit, length - 1)}x` }]),
]);

/** Brackets, one within the other and closed. */
export function nested(open: string, inside: string, close: string): Degenerate {
  const pair = open.length + close.length;
  return {
    name: `nested ${open}${inside}${close}`,
    of: (length) => {
      const depth = Math.floor((length - inside.length) / pair);
      return open.repeat(depth) + inside + close.repeat(depth);
    },
  };
}

function filled(unit: string, length: number): string {
  return unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
}

/**
 * How much more a reader does for ten times the input. A pair that looks bad is measured again before it counts, and
 * the cheapest run of each size is the one that was disturbed least. Null where the work is too little to tell.
 */
export function growthOf({ size, read }: Reader, { of }: Degenerate): Growth | null {
  const [small, large] = [of(Math.floor(size / tenfold)), of(size)];
  let [before, after] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    after = Math.min(
      after,
      workOf(() => read(large)),
    );
    if (after < telling) return null;
    // As often as makes the texts of both as long: the system counts a thread's time in steps of milliseconds.
    const often = () => {
      for (let time = 0; time < tenfold; time += 1) read(small);
    };
    before = Math.min(before, workOf(often) / tenfold);
    // Work that is too little to measure counts as the least that can be measured.
    const factor = after / Math.max(before, telling / mostGrowth);
    if (factor <= mostGrowth) return { factor, work: after };
  }
  return { factor: after / Math.max(before, telling / mostGrowth), work: after };
}

function workOf(act: () => unknown): number {
  const before = process.threadCpuUsage();
  act();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}
