import { emptyReport } from '../../graph/outcome.ts';
import { bareWord, notKept } from '../../masking/attributes.ts';
import { parsed } from '../../masking/cut-outcome.ts';

/**
 * What a person is recognized by in a row, and the row without it. Names stand beside ids, in columns (`subject_id`,
 * `subject_name`, `subject_label`) and in JSON (`{"id":…,"name":…}`): there the id decides, so that a namesake keeps
 * their name. Elsewhere a whole name or address is looked for. In what people typed, a part of the name suffices, as
 * "adele" in a list, or in a reason.
 */
export interface Traces {
  /** Entra object id, or the id of an HR system. */
  readonly id: string;
  /** Names and addresses in full, in lower case. */
  readonly names: ReadonlySet<string>;
  /** Those that are found inside of a text: of several words, or an address. */
  readonly whole: RegExp | null;
  /** Any part of them. */
  readonly parts: RegExp | null;
  /** As `lower` leaves them: a text without any of them has nothing of the id, of `whole`, or of `parts`. */
  readonly hints: {
    readonly id: readonly string[];
    readonly whole: readonly string[];
    readonly parts: readonly string[];
  };
}

/** A row of any table, by its columns. */
export type AnyRow = Readonly<Record<string, unknown>>;

/** The name that a forgotten person has from then on. Stored, so it is the same in all languages. */
export const forgottenName = 'Forgotten person';

/** Shorter parts of a name are words of their own in many languages. */
const shortestPart = 3;
const letterOrDigit = '[\\p{L}\\p{N}]';

export function tracesOf(id: string, found: readonly string[]): Traces {
  const texts = [...new Set(found.map((text) => text.trim()).filter((text) => text !== '' && text !== forgottenName))];
  const isWhole = (text: string) => /[\s@]/.test(text);
  const whole = texts.filter(isWhole);
  const parts = [...new Set([...texts, ...texts.flatMap(partsOf)])];
  return {
    id,
    names: new Set(texts.map((text) => text.toLowerCase())),
    whole: anyOf(whole),
    parts: anyOf(parts),
    hints: { id: hintsOf([id]), whole: hintsOf(whole.map(longestWord)), parts: hintsOf(parts.map(longestWord)) },
  };
}

/**
 * The words of a name or an address that may stand for it. A guest's address has the home address in it, whose domain
 * is no name; and the small words of a name, such as "von der", are words of their own.
 */
function partsOf(text: string): readonly string[] {
  const isSmall = (part: string) =>
    !text.includes('@') && text !== text.toLowerCase() && part === part.toLowerCase() && part !== part.toUpperCase();
  return text
    .replace(/_[^_@]*#EXT#.*|@.*/i, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((part) => part.length >= shortestPart && !/^\p{N}+$/u.test(part) && !isSmall(part));
}

const longestWord = (text: string) =>
  text.split(/[^\p{L}\p{N}]+/u).reduce((longest, word) => (word.length > longest.length ? word : longest), '');

/** SQLite's `lower` knows the letters of ASCII alone, and PostgreSQL's does in some locales. */
export function hintsOf(words: readonly string[]): string[] {
  const asciiLower = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const cases = (word: string) => [word, word.toLowerCase(), word.toUpperCase()].map(asciiLower);
  return [...new Set(words.filter((word) => word !== '').flatMap(cases))];
}

/** Scripts without capitals, such as Chinese, write no spaces between words, or join words to the name. */
function anyOf(texts: readonly string[]): RegExp | null {
  if (texts.length === 0) return null;
  const escaped = texts
    .toSorted((one, other) => other.length - one.length)
    .map((text) => {
      const literal = text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&').replace(/\s+/g, '\\s+');
      return /\p{Lo}/u.test(text) ? literal : `(?<!${letterOrDigit})${literal}(?!${letterOrDigit})`;
    });
  return new RegExp(escaped.join('|'), 'giu');
}

/** Columns, and members of JSON, with what people typed. */
const typed: ReadonlySet<string> = new Set(['reason', 'decision_reason', 'left_out', 'joint_left_out', 'incoming']);
/** Members of typed JSON that Usher wrote. */
const codes: ReadonlySet<string> = new Set(['reason', 'kind', 'verb']);
/** Columns, and members of JSON, with the name of a person whose id stands elsewhere. */
const namesAlone: ReadonlySet<string> = new Set(['second_person', 'ended_by', 'by']);
const idColumn = /^(?:id|source|key|reference|card)$|_(?:id|by)$/;

/** Whether a column holds nothing but ids. */
export const isId = (column: string): boolean => idColumn.test(column) && !namesAlone.has(column);

/** The names and addresses that a row has for this id. */
export function namesIn(row: AnyRow, id: string): readonly string[] {
  const found: unknown[] = [];
  for (const [column, value] of Object.entries(row)) {
    const owner = ownerOf(column, row);
    if (owner !== null) found.push(...(owner === id ? [value] : []));
    else if (typeof value === 'string') collect(jsonOf(value), id, found);
  }
  if (row.subject_id === id && typeof row.outcome === 'string') collectAddresses(jsonOf(row.outcome), found);
  return found.filter((name) => typeof name === 'string');
}

function collect(value: unknown, id: string, found: unknown[]): void {
  if (typeof value === 'string') collect(jsonOf(value), id, found);
  if (typeof value !== 'object' || value === null) return;
  if (isAbout(value, id)) found.push(...Object.entries(value).flatMap(([key, name]) => (isName(key) ? [name] : [])));
  for (const member of Object.values(value)) collect(member, id, found);
}

/** By the attribute's name: a report also has the addresses of others, as of the manager. */
const ownAddress = /^(?:mail|email|userprincipalname|username|upn|subjectlabel)/;

/** The report of their own provisioning may have further addresses of theirs. */
function collectAddresses(value: unknown, found: unknown[]): void {
  if (typeof value !== 'object' || value === null) return;
  const entries = Object.entries(value);
  if ('attribute' in value && 'newValue' in value) entries.push([String(value.attribute), value.newValue]);
  for (const [key, member] of entries)
    if (typeof member !== 'string') collectAddresses(member, found);
    else if (ownAddress.test(bareWord(key)) && /^\S+@\S+$/.test(member)) found.push(member);
}

/** The id to which a column with a name or a second line belongs; null for any other column. */
function ownerOf(column: string, row: AnyRow): unknown {
  const [, owner = null] = /^(.+)_(?:name|label)$/.exec(column) ?? [];
  return owner === null ? null : (row[`${owner}_id`] ?? null);
}

/** The columns of the row that change, without the person. */
export function withoutPerson(row: AnyRow, traces: Traces): AnyRow {
  const changed = Object.entries(row).flatMap(([column, value]) => {
    const after = columnWithout(column, value, row, traces);
    return after === value ? [] : [[column, after] as const];
  });
  return Object.fromEntries(changed);
}

function columnWithout(column: string, value: unknown, row: AnyRow, traces: Traces): unknown {
  if (typeof value !== 'string' || isId(column)) return value;
  const owner = ownerOf(column, row);
  if (owner !== null) return owner !== traces.id ? value : column.endsWith('_name') ? forgottenName : null;
  if (isReasonOf(column, row, traces.id)) return notKept;
  const isOwn = row.subject_id === traces.id || textOf(row.members).includes(traces.id);
  if (column === 'outcome' && isOwn) return JSON.stringify(lean(jsonOf(value)));
  if (column === 'unassign' && isOwn) return JSON.stringify(withoutGroups(jsonOf(value)));
  if (column === 'locale' || column === 'time_zone')
    return row.requested_by_id === traces.id || textOf(row.conversation).includes(traces.id)
      ? elsewhere[column]
      : value;
  return textWithout(value, column, traces);
}

/** What is put in place of a forgotten person's language and time zone. */
const elsewhere = { locale: 'en-US', time_zone: 'UTC' } as const;

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** A reason that the person typed, or that was typed about them. */
function isReasonOf(column: string, row: AnyRow, id: string): boolean {
  if (column !== 'reason' && column !== 'decision_reason') return false;
  const deciders = column === 'decision_reason' ? [row.decided_by_id] : [];
  return [row.requested_by_id, row.subject_id, ...deciders].includes(id);
}

/** A text, or JSON as text. `place`: its column, or its key in JSON. */
function textWithout(text: string, place: string, traces: Traces): string {
  const value = jsonOf(text);
  if (value !== null) {
    const before = JSON.stringify(value);
    const after = JSON.stringify(valueWithout(value, place, traces));
    return before === after ? text : after;
  }
  if (namesAlone.has(place) && traces.names.has(text.toLowerCase())) return forgottenName;
  const sought = typed.has(place) ? traces.parts : traces.whole;
  return sought === null ? text : text.replace(sought, notKept);
}

function valueWithout(value: unknown, place: string, traces: Traces): unknown {
  if (typeof value === 'string') return textWithout(value, place, traces);
  if (Array.isArray(value)) return value.map((member) => valueWithout(member, place, traces));
  if (typeof value !== 'object' || value === null) return value;
  const isTheirs = isAbout(value, traces.id);
  const isOfOther = !isTheirs && 'id' in value;
  // A mistyped name, as Usher's suggestions show.
  if ('text' in value && 'suggestions' in value && isNamed(value.suggestions, traces))
    return { ...value, text: notKept, suggestions: valueWithout(value.suggestions, place, traces) };
  const members = Object.entries(value).map(([key, member]): [string, unknown] => {
    if (isTheirs && isName(key)) return [key, key === 'label' ? null : forgottenName];
    if (isTheirs && key === 'outcome') return [key, lean(member)];
    if (isOfOther && isName(key)) return [key, member];
    if (key === 'reader' && 'conversation' in value && textOf(value.conversation).includes(traces.id))
      return [key, { locale: elsewhere.locale, timeZone: elsewhere.time_zone }];
    // What is within a typed text was typed as well, but for Usher's own codes.
    const within = codes.has(key) ? '' : typed.has(place) ? place : key;
    return [key, valueWithout(member, within, traces)];
  });
  return Object.fromEntries(members);
}

const isNamed = (suggestions: unknown, { names }: Traces): boolean =>
  Array.isArray(suggestions) && suggestions.some((one) => names.has(String(one).toLowerCase()));

const isName = (key: string): boolean => key === 'name' || key === 'label';

/** Whether an object of JSON is the person, as `{"id":…}` and `{"aadObjectId":…}`, or one of `{"objectIds":[…]}`. */
function isAbout(value: object, id: string): boolean {
  return Object.entries(value).some(([key, member]) => {
    if (key === 'objectIds') return Array.isArray(member) && member.includes(id);
    return member === id && /^(?:id|aadObjectId|personId)$/.test(key);
  });
}

/** Null where the text is not JSON of an object or an array. */
function jsonOf(text: string): object | null {
  if (!/^\s*[[{]/.test(text)) return null;
  const value = parsed(text);
  return typeof value === 'object' ? value : null;
}

/** An outcome of which the codes are left: nothing of what the service told of the person. */
function lean(outcome: unknown): unknown {
  if (typeof outcome !== 'object' || outcome === null) return outcome;
  if (Array.isArray(outcome)) return outcome;
  const members = Object.entries(outcome).map(([key, member]): [string, unknown] => {
    if (key === 'report') return [key, emptyReport];
    if (key === 'reason' || key === 'recommendedAction') return [key, null];
    if (key === 'message') return [key, ''];
    return [key, lean(member)];
  });
  return Object.fromEntries(members);
}

/** The groups of which the person was a member. */
function withoutGroups(unassign: object | null): unknown {
  if (unassign === null || !('through' in unassign) || !Array.isArray(unassign.through)) return unassign;
  return { ...unassign, through: unassign.through.map(() => notKept) };
}
