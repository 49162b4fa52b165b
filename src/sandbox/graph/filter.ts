import { assertNever } from '../../assert-never.ts';
/**
 * The part of OData `$filter` that Graph supports for these collections:
 *
 *     filter     := all ('or' all)*
 *     all        := one ('and' one)*
 *     one        := '(' filter ')' | comparison | function | lambda
 *     comparison := path ('eq' | 'gt' | 'ge' | 'lt' | 'le') literal
 *     function   := ('startswith' | 'endswith' | 'contains') '(' path ',' literal ')'
 *     lambda     := path '/any(' name ':' name ('/' path)? 'eq' literal ')'
 *
 * A filter that breaks the grammar, or uses an operation that a property does not support, is refused as by Graph.
 */
export type Operation = 'eq' | 'gt' | 'ge' | 'lt' | 'le' | 'startswith' | 'endswith' | 'contains' | 'any';

export interface FilterRules {
  /** Property path → the operations it supports. */
  readonly filterable: Readonly<Record<string, readonly Operation[]>>;
  /** The directory ignores case when it compares; the audit log does not. */
  readonly caseSensitive: boolean;
}

export type Predicate = (item: object) => boolean;

export type ParsedFilter =
  | { readonly ok: true; readonly matches: Predicate }
  | { readonly ok: false; readonly message: string };

const lexeme = /\s*(?:'((?:[^']|'')*)'|([A-Za-z0-9_@.+-]+(?::[0-9]{2}(?::[0-9.]+)?Z?)?(?:\/[A-Za-z]+)*)|([(),:]))/y;

type Token =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'word'; readonly value: string }
  | { readonly kind: 'mark'; readonly value: string };

export function parseFilter(text: string, rules: FilterRules): ParsedFilter {
  try {
    return { ok: true, matches: parser(tokens(text), rules)() };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { ok: false, message: error.message };
  }
}

function tokens(text: string): readonly Token[] {
  const found: Token[] = [];
  let at = 0;
  while (at < text.trimEnd().length) {
    lexeme.lastIndex = at;
    const match = lexeme.exec(text);
    if (match === null) throw new SyntaxError(`Invalid filter clause: syntax error at position ${at} in '${text}'.`);
    at = lexeme.lastIndex;
    const [, quoted, word, mark] = match;
    if (quoted !== undefined) found.push({ kind: 'text', value: quoted.replaceAll("''", "'") });
    else if (word !== undefined) found.push({ kind: 'word', value: word });
    else found.push({ kind: 'mark', value: mark ?? '' });
  }
  return found;
}

function parser(list: readonly Token[], { filterable, caseSensitive }: FilterRules): () => Predicate {
  let at = 0;
  const fold = (value: unknown): string => (caseSensitive ? String(value) : String(value).toLowerCase());
  const peek = (): Token | undefined => list[at];
  const next = (): Token => {
    const token = list[at];
    if (token === undefined) throw new SyntaxError('Invalid filter clause: it ends too early.');
    at += 1;
    return token;
  };
  const expect = (value: string): void => {
    const token = next();
    if (token.kind === 'text' || token.value !== value)
      throw new SyntaxError(`Invalid filter clause: expected '${value}'.`);
  };
  const isWord = (value: string): boolean => peek()?.kind === 'word' && peek()?.value === value;
  const path = (): string => {
    const token = next();
    if (token.kind !== 'word') throw new SyntaxError('Invalid filter clause: a property name is missing.');
    return token.value;
  };
  const literal = (): string => {
    const token = next();
    if (token.kind === 'mark') throw new SyntaxError('Invalid filter clause: a value is missing.');
    return fold(token.value);
  };
  const allow = (property: string, operation: Operation): void => {
    const allowed = filterable[property];
    if (allowed === undefined) throw new SyntaxError(`Could not find a filterable property named '${property}'.`);
    if (!allowed.includes(operation)) {
      throw new SyntaxError(`Unsupported or invalid query filter clause for property '${property}'.`);
    }
  };

  const filter = (): Predicate => {
    let left = all();
    while (isWord('or')) {
      at += 1;
      const [one, other] = [left, all()];
      left = (item) => one(item) || other(item);
    }
    return left;
  };
  const all = (): Predicate => {
    let left = one();
    while (isWord('and')) {
      at += 1;
      const [first, second] = [left, one()];
      left = (item) => first(item) && second(item);
    }
    return left;
  };
  const one = (): Predicate => {
    if (peek()?.kind === 'mark' && peek()?.value === '(') {
      at += 1;
      const inner = filter();
      expect(')');
      return inner;
    }
    const word = path();
    if (word === 'startswith' || word === 'endswith' || word === 'contains') return textFunction(word);
    if (word.endsWith('/any')) return lambda(word.slice(0, -'/any'.length));
    return comparison(word);
  };
  const textFunction = (name: 'startswith' | 'endswith' | 'contains'): Predicate => {
    expect('(');
    const property = path();
    allow(property, name);
    expect(',');
    const wanted = literal();
    expect(')');
    const read = readerOf(property);
    return (item) => {
      const value = read(item);
      if (typeof value !== 'string') return false;
      if (name === 'contains') return fold(value).includes(wanted);
      return name === 'startswith' ? fold(value).startsWith(wanted) : fold(value).endsWith(wanted);
    };
  };
  const lambda = (property: string): Predicate => {
    allow(property, 'any');
    expect('(');
    const name = path();
    expect(':');
    const element = path();
    if (element !== name && !element.startsWith(`${name}/`))
      throw new SyntaxError(`Invalid filter clause: expected '${name}'.`);
    expect('eq');
    const wanted = literal();
    expect(')');
    const read = readerOf(property);
    const inside = element === name ? (value: object) => value : readerOf(element.slice(name.length + 1));
    return (item) => {
      const values = read(item);
      return Array.isArray(values) && values.some((value) => fold(inside(value)) === wanted);
    };
  };
  const comparison = (property: string): Predicate => {
    const operation = path();
    if (!isComparison(operation)) throw new SyntaxError(`Invalid filter clause: unknown operator '${operation}'.`);
    allow(property, operation);
    const wanted = literal();
    const read = readerOf(property);
    const order = instant.test(wanted) ? inTime : asText;
    return (item) => {
      const value = read(item);
      if (value === undefined || value === null) return operation === 'eq' && wanted === 'null';
      return compares(operation, order(fold(value), wanted));
    };
  };

  return () => {
    const parsed = filter();
    if (at < list.length) throw new SyntaxError(`Invalid filter clause: '${peek()?.value}' was not expected.`);
    return parsed;
  };
}

type Comparison = 'eq' | 'gt' | 'ge' | 'lt' | 'le';

function isComparison(word: string): word is Comparison {
  return ['eq', 'gt', 'ge', 'lt', 'le'].includes(word);
}

function compares(operation: Comparison, sign: number): boolean {
  switch (operation) {
    case 'eq':
      return sign === 0;
    case 'gt':
      return sign > 0;
    case 'ge':
      return sign >= 0;
    case 'lt':
      return sign < 0;
    case 'le':
      return sign <= 0;
    default:
      return assertNever(operation, 'operation');
  }
}

const instant = /^\d{4}-\d{2}-\d{2}t\d{2}:\d{2}/i;

// Times come with three, seven or no digits after the second, so they are compared as times and not as text.
function inTime(left: string, right: string): number {
  return instant.test(left) ? Date.parse(left) - Date.parse(right) : asText(left, right);
}

function asText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** Reads the value at a path such as `sourceIdentity/id`; undefined when there is none. */
export function readerOf(path: string): (item: object) => unknown {
  const [first = '', ...others] = path.split('/');
  if (others.length === 0) return (item) => ownValue(item, first);
  return (item) => others.reduce(ownValue, ownValue(item, first));
}

function ownValue(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}
