import { z } from 'zod';

/**
 * What counts as a ticket number: one word that fits `TICKET_PATTERN`, or `ABC-123` where an entry of `APPS_FILE` names
 * the project `ABC`. Usher keeps it in capitals. A pattern comes from the installation's settings and is tried on words
 * that anyone types, so it is bounded: no longer word is tried, and what could make matching slow is refused at start.
 */
export interface Tickets {
  /** Whether every request needs a ticket, unless the app's entry says otherwise. */
  readonly required: boolean;
  /** The ticket number that a text is, for any app; null for all else. */
  read(text: string): string | null;
  /** The same for this app alone. */
  readFor(terms: TicketTerms | undefined, text: string): string | null;
  /** What ticket numbers of this app look like; at least one. */
  examplesFor(terms?: TicketTerms): readonly [string, ...string[]];
}

/** What the entry of an app says about its tickets. */
export interface TicketTerms {
  readonly ticket?: 'required' | 'optional' | undefined;
  readonly ticketUrl?: string | undefined;
  readonly ticketProjects?: readonly string[] | undefined;
}

export const defaultTicketPattern = '(?:INC|RITM|REQ|CHG|TASK)\\d+';

const longestTicket = 24;
const longestPattern = 200;
const longestUrl = 300;
const mostQuantifiers = 4;
const placeholder = '{ticket}';

/** Kinds of ticket numbers that people know, to show what a pattern takes. */
const usual = [
  ...['INC0012345', 'RITM0012345', 'REQ0012345', 'CHG0012345', 'TASK0012345'],
  ...['HELP-1234', 'ABC-123', 'SR-12345', 'SR12345', '12345', '1234567'],
];
/** What a line holds besides ticket numbers. */
const otherWords = [
  'adele',
  'to',
  'Salesforce',
  'for',
  '1',
  '12',
  '2026',
  '2026-12-01',
  '01/12/2026',
  '1.12.2026',
  '9am',
];
const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function createTickets(
  { pattern, required }: { readonly pattern: string; readonly required: boolean },
  entries: readonly TicketTerms[],
): Tickets {
  const fits = wholeWord(pattern);
  const ofProjects = (projects: readonly string[]) =>
    projects.length === 0 ? /(?!)/ : wholeWord(`(?:${projects.join('|')})-\\d+`);
  const anyProject = ofProjects(entries.flatMap(({ ticketProjects = [] }) => ticketProjects));
  const read = (text: string, ofProject: RegExp): string | null => {
    const bare = text.trim();
    if (bare.length > longestTicket || !/\d/.test(bare) || bare.includes('@') || guid.test(bare)) return null;
    return fits.test(bare) || ofProject.test(bare) ? bare.toUpperCase() : null;
  };
  const [first = pattern, ...others] = usual.filter((example) => fits.test(example));
  return {
    required,
    read: (text) => read(text, anyProject),
    readFor: (terms, text) => read(text, ofProjects(terms?.ticketProjects ?? [])),
    examplesFor: (terms) => [first, ...others, ...(terms?.ticketProjects ?? []).map((project) => `${project}-123`)],
  };
}

/** Case does not matter, and nothing but a whole word fits. */
const wholeWord = (pattern: string) => new RegExp(`^(?:${pattern})$`, 'i');

/** What is wrong with a `TICKET_PATTERN`, and how to fix it; null for one that Usher can use. */
export function ticketPatternProblem(pattern: string): { readonly problem: string; readonly fix: string } | null {
  const fix = `write it like the default, ${defaultTicketPattern}`;
  if (pattern.length > longestPattern) return { problem: `is longer than ${longestPattern} characters`, fix };
  let fits: RegExp;
  try {
    fits = wholeWord(pattern);
  } catch {
    return { problem: 'is not a regular expression', fix };
  }
  if (!isBounded(pattern))
    return {
      problem: 'is one that could take too long to match',
      fix: `use no lookaround, no backreference, no repeated group, and at most ${mostQuantifiers} of * + ? {}`,
    };
  const taken = otherWords.find((word) => fits.test(word));
  return taken === undefined ? null : { problem: `is too wide: it fits other words as well, such as “${taken}”`, fix };
}

/**
 * Whether matching a short word takes few steps: what repeats is one character, not a group, and few things repeat. `^`
 * and `$` are allowed, though the whole word has to fit in any case.
 */
export function isBounded(pattern: string, most = mostQuantifiers): boolean {
  const plain = pattern.replace(/\\[^\dkbB]|\[(?:[^\]\\]|\\.)*\]/g, 'x').replaceAll('(?:', '(');
  const quantifiers = plain.match(/[*+?]|\{\d+(?:,\d*)?\}/g) ?? [];
  return quantifiers.length <= most && !/\\|\(\?|\)[*+{]/.test(plain);
}

/** What is wrong with a `ticketUrl`; null for one that Usher can use. */
export function ticketUrlProblem(template: string): string | null {
  if (template.length > longestUrl) return `is longer than ${longestUrl} characters`;
  if (template.split(placeholder).length !== 2) return `needs ${placeholder} exactly once`;
  const [one, other] = ['T1', 'T2'].map((ticket) => parsed(template.replace(placeholder, ticket)));
  if (one === undefined || other === undefined || one === null || other === null || one.protocol !== 'https:')
    return 'is not an https address';
  if (one.username !== '' || one.password !== '') return 'holds a user name or a password';
  const stays = one.host === other.host && one.hash === other.hash;
  return stays ? null : `may have ${placeholder} only in the path or after the “?”`;
}

const parsed = (address: string): URL | null => (URL.canParse(address) ? new URL(address) : null);

/** The address of a ticket, with nothing in it that Markdown or a card's template would read. */
export function ticketLink(template: string, ticket: string): string {
  const { href } = new URL(template.replace(placeholder, () => encodeURIComponent(ticket)));
  return href.replace(/[^\w.~:/?#&=+,;@%-]/g, (character) =>
    encodeURIComponent(character).replace(/[!'()*]/g, (left) => `%${left.charCodeAt(0).toString(16).toUpperCase()}`),
  );
}

/** The fields of an entry in `APPS_FILE` that are about tickets. */
export const ticketFields = {
  ticket: z.enum(['required', 'optional']).optional(),
  ticketUrl: z
    .string()
    .superRefine((template, context) => {
      const problem = ticketUrlProblem(template);
      if (problem !== null) context.addIssue({ code: 'custom', message: problem });
    })
    .optional(),
  ticketProjects: z.array(z.string().regex(/^[A-Z][A-Z0-9_]{1,9}$/, 'is no project key such as ABC')).optional(),
};
