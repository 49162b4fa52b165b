/**
 * The functions of attribute mappings. Those with a `run` are evaluated by the sandbox; of the others it knows the names,
 * and says so.
 * https://learn.microsoft.com/entra/identity/app-provisioning/functions-for-customizing-application-data
 */
export interface FunctionDefinition {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly run?: (given: Arguments) => Value;
}

export interface Parameter {
  readonly name: string;
  readonly required: boolean;
  readonly repeats: boolean;
}

/** Null for no value; a list for an attribute with several. */
export type Value = string | readonly string[] | null;

export interface Arguments {
  /** By the parameter's key; null where it is left empty or has no value. */
  readonly value: (key: string) => Value;
  readonly text: (key: string) => string | null;
  /** All arguments of a repeated parameter, in their order. */
  readonly all: (name: string) => readonly Value[];
  /** Whether the argument was written at all. */
  readonly has: (key: string) => boolean;
}

/** An expression that parses and has no value. */
export class EvaluationError extends Error {}

const truth = (is: boolean) => (is ? 'True' : 'False');
const listOf = (value: Value): readonly string[] => {
  if (value === null) return [];
  return typeof value === 'string' ? [value] : value;
};
const isEmpty = (value: Value) => listOf(value).every((text) => text === '');

function whole(text: string | null, what: string): number {
  if (text === null || !/^-?\d+$/.test(text)) throw new EvaluationError(`The value of ${what} is not a whole number.`);
  return Number(text);
}

/** Required; with `?` behind it not, with `*` behind it again and again. */
function define(signature: string, run?: FunctionDefinition['run']): FunctionDefinition {
  const [, name = '', inside = ''] = /^(\w+)\((.*)\)$/.exec(signature) ?? [];
  const parameters = inside
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
    .map((one) => ({ name: one.replace(/[?*]$/, ''), required: /\w$/.test(one), repeats: one.endsWith('*') }));
  return { name, parameters, ...(run === undefined ? {} : { run }) };
}

/** A text function: nothing of nothing, and of a list each of its texts. */
const each =
  (change: (text: string, given: Arguments) => string): FunctionDefinition['run'] =>
  (given) => {
    const source = given.value('source');
    if (source === null) return null;
    return typeof source === 'string' ? change(source, given) : source.map((text) => change(text, given));
  };

const letters: Readonly<Record<string, string>> = {
  ø: 'oe',
  Ø: 'Oe',
  ß: 'ss',
  æ: 'ae',
  Æ: 'Ae',
  ł: 'l',
  Ł: 'L',
  đ: 'd',
  Đ: 'D',
};
const plain = (text: string) =>
  text
    .replaceAll(/[øØßæÆłŁđĐ]/g, (letter) => letters[letter] ?? letter)
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '');

/** .NET writes a group as `${name}`. */
const netReplacement = (text: string) => text.replaceAll(/\$\{(\w+)\}/g, '$<$1>');

function replaced(given: Arguments): Value {
  const source = given.text('source');
  const replacement = given.text('Replacement') ?? given.text('replacementAttributeName');
  const [find, pattern, group, template] = ['Find', 'regexPattern', 'regexGroupName', 'template'].map(given.text);
  if (find && template) return source === null ? null : template.replaceAll(find, source);
  if (find) return source?.replaceAll(find, replacement ?? '') ?? null;
  if (!pattern) return source;
  const regex = new RegExp(pattern, 'g');
  if (source === null || source === '') {
    const other = given.text('replacementAttributeName') ?? '';
    return group ? (new RegExp(pattern).exec(other)?.groups?.[group] ?? null) : null;
  }
  if (!group) return source.replaceAll(regex, netReplacement(replacement ?? ''));
  const found = new RegExp(pattern).exec(source)?.groups?.[group];
  return found === undefined ? source : source.replace(found, replacement ?? '');
}

function switched(given: Arguments): Value {
  const source = given.text('source') ?? '';
  const values = given.all('value');
  const at = given.all('key').findIndex((key) => (key ?? '') === source);
  return at === -1 ? given.value('defaultValue') : (values[at] ?? null);
}

const definitions: readonly FunctionDefinition[] = [
  define(
    'Append(source, suffix)',
    each((text, given) => `${text}${given.text('suffix') ?? ''}`),
  ),
  define('Coalesce(source*)', ({ all }) => all('source').find((value) => !isEmpty(value)) ?? null),
  define('Join(separator, source*)', ({ all, text }) =>
    all('source')
      .flatMap(listOf)
      .filter((one) => one !== '')
      .join(text('separator') ?? ''),
  ),
  define('Left(String, NumChars)', ({ text }) => {
    const [source, length] = [text('String'), text('NumChars')];
    if (source === null || length === null) return '';
    return Number(length) < 0 ? source : source.slice(0, whole(length, 'NumChars'));
  }),
  define(
    'Mid(source, start, length)',
    each((text, given) => {
      const start = whole(given.text('start'), 'start');
      return text.slice(start - 1, start - 1 + whole(given.text('length'), 'length'));
    }),
  ),
  define(
    'Not(source)',
    each((text) => truth(text.toLowerCase() !== 'true')),
  ),
  define(
    'Replace(source, Find?, regexPattern?, regexGroupName?, Replacement?, replacementAttributeName?, template?)',
    replaced,
  ),
  define('Split(source, delimiter)', ({ text }) => text('source')?.split(text('delimiter') ?? ',') ?? null),
  define(
    'StripSpaces(source)',
    each((text) => text.replaceAll(' ', '')),
  ),
  define('Switch(source, defaultValue?, key*, value*)', switched),
  define(
    'ToLower(source, culture?)',
    each((text, given) => text.toLocaleLowerCase(given.text('culture') ?? 'en')),
  ),
  define(
    'ToUpper(source, culture?)',
    each((text, given) => text.toLocaleUpperCase(given.text('culture') ?? 'en')),
  ),
  define('IIF(condition, valueIfTrue, valueIfFalse)', ({ text, value }) =>
    value(text('condition')?.toLowerCase() === 'true' ? 'valueIfTrue' : 'valueIfFalse'),
  ),
  define('SingleAppRoleAssignment(source)', ({ value }) => {
    const roles = listOf(value('source'));
    if (roles.length > 1) throw new EvaluationError('SingleAppRoleAssignment does not take several roles.');
    return roles[0] ?? null;
  }),
  define('AppRoleAssignmentsComplex(source)', ({ value }) =>
    listOf(value('source')).map((display) => JSON.stringify({ value: display, display, primary: false })),
  ),
  define('NormalizeDiacritics(source)', each(plain)),
  define('IsNull(expression)', ({ value }) => truth(value('expression') === null)),
  define('IsNullOrEmpty(expression)', ({ value }) => truth(isEmpty(value('expression')))),
  define('IsPresent(expression)', ({ value }) => truth(!isEmpty(value('expression')))),
  define('IsString(expression)', ({ value }) => truth(typeof value('expression') === 'string')),
  define('IgnoreFlowIfNullOrEmpty(expression)', ({ value }) =>
    isEmpty(value('expression')) ? null : value('expression'),
  ),
  define(
    'Item(attribute, index)',
    ({ text, value }) => listOf(value('attribute'))[whole(text('index'), 'index') - 1] ?? null,
  ),
  define('Count(attribute)', ({ value }) => String(listOf(value('attribute')).length)),
  define('RemoveDuplicates(attribute)', ({ value }) => [...new Set(listOf(value('attribute')))]),
  ...[
    'AppRoleAssignments(source)',
    'BitAnd(value1, value2)',
    'CBool(expression)',
    'CDate(expression)',
    'ConvertToBase64(source)',
    'ConvertToUTF8Hex(source)',
    'CStr(value)',
    'DateAdd(interval, value, dateTime)',
    'DateDiff(interval, date1, date2)',
    'DateFromNum(value)',
    'DefaultDomain()',
    'FormatDateTime(source, dateTimeStyles?, inputFormat, outputFormat)',
    'Guid()',
    'InStr(value1, value2, start?, compareType?)',
    'Now()',
    'NumFromDate(value)',
    'PCase(source, wordSeparators?)',
    'RandomString(Length, MinimumNumbers, MinimumSpecialCharacters, MinimumCapital, MinimumLowerCase, CharactersToAvoid?)',
    'Redact(value)',
    'SelectUniqueValue(uniqueValueRule*)',
    'Word(String, WordNumber, Delimiters)',
  ].map((signature) => define(signature)),
];

export const functions: ReadonlyMap<string, FunctionDefinition> = new Map(definitions.map((one) => [one.name, one]));
