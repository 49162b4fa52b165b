import { type FunctionDefinition, functions } from './functions.ts';

/**
 * The language of attribute mappings: `[attribute]`, `"text"`, and functions of these, whose arguments may be left empty
 * between commas. Names are case-sensitive. The condition of `IIF` compares two of them.
 * https://learn.microsoft.com/entra/identity/app-provisioning/functions-for-customizing-application-data
 */
export interface Source {
  readonly type: 'Attribute' | 'Constant' | 'Function';
  /** Of the attribute or the function; of a constant, its value. */
  readonly name: string;
  readonly expression: string;
  /** Without those that were left empty. */
  readonly parameters: readonly { readonly key: string; readonly value: Source }[];
}

export type Parsed = { readonly ok: true; readonly source: Source } | { readonly ok: false; readonly message: string };

const token =
  /\s*(?:\[([^\]]+)\]|"((?:[^"\\]|\\.)*)"|([A-Za-z]\w*)\s*\(|(-?\d+(?:\.\d+)?|true|false)\b|(<>|>=|<=|[=<>])|([(),]))/y;

export function parse(text: string): Parsed {
  try {
    return { ok: true, source: parser(text) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { ok: false, message: `The expression could not be parsed: ${error.message}.` };
  }
}

function parser(text: string): Source {
  let at = 0;
  const read = (): RegExpExecArray | null => {
    token.lastIndex = at;
    return token.exec(text);
  };
  const isMark = (mark: string): boolean => read()?.[6] === mark;
  const take = (mark: string): void => {
    const found = read();
    if (found?.[6] !== mark) throw new SyntaxError(`'${mark}' is missing at position ${at}`);
    at = token.lastIndex;
  };

  const operand = (): Source => {
    const found = read();
    if (found === null) throw new SyntaxError(`syntax error at position ${at}`);
    at = token.lastIndex;
    const [, attribute, quoted, name, bare] = found;
    if (attribute !== undefined)
      return { type: 'Attribute', name: attribute, expression: `[${attribute}]`, parameters: [] };
    const constant = quoted?.replaceAll(/\\(.)/g, '$1') ?? bare;
    if (constant !== undefined)
      return { type: 'Constant', name: constant, expression: `"${quoted ?? bare}"`, parameters: [] };
    if (name === undefined) throw new SyntaxError(`syntax error at position ${at}`);
    const definition = functions.get(name);
    if (definition === undefined) throw new SyntaxError(`unknown function ${name}`);
    return call(definition, readArguments());
  };
  const compared = (): Source => {
    const left = operand();
    const comparison = read()?.[5];
    if (comparison === undefined) return left;
    at = token.lastIndex;
    const right = operand();
    const expression = `${left.expression} ${comparison} ${right.expression}`;
    const sides = { left, right };
    const parameters = Object.entries(sides).map(([key, value]) => ({ key, value }));
    return { type: 'Function', name: comparison, expression, parameters };
  };
  const readArguments = (): readonly (Source | null)[] => {
    const given: (Source | null)[] = [];
    if (isMark(')')) {
      take(')');
      return given;
    }
    while (true) {
      given.push(isMark(',') || isMark(')') ? null : compared());
      if (isMark(')')) {
        take(')');
        return given;
      }
      take(',');
    }
  };

  const source = operand();
  if (text.slice(at).trim() !== '') throw new SyntaxError(`syntax error at position ${at}`);
  return source;
}

function call(definition: FunctionDefinition, given: readonly (Source | null)[]): Source {
  const { name, parameters } = definition;
  const keys = keysOf(definition, given.length);
  if (given.length > keys.length) throw new SyntaxError(`${name} has too many arguments`);
  const missing = parameters.find(({ required }, index) => required && (given[index] ?? null) === null);
  if (missing !== undefined) throw new SyntaxError(`${name} has no ${missing.name}`);
  return {
    type: 'Function',
    name,
    expression: `${name}(${given.map((one) => one?.expression ?? '').join(', ')})`,
    parameters: given.flatMap((value, index) => (value === null ? [] : [{ key: keys[index] ?? '', value }])),
  };
}

/** The keys of that many arguments: parameters that may occur again and again are numbered from one. */
function keysOf({ parameters }: FunctionDefinition, count: number): readonly string[] {
  const once = parameters.filter(({ repeats }) => !repeats);
  const again = parameters.filter(({ repeats }) => repeats);
  if (again.length === 0) return once.map(({ name }) => name);
  const rounds = Math.ceil((count - once.length) / again.length);
  const numbered = Array.from({ length: Math.max(0, rounds) }, (_, round) =>
    again.map(({ name }) => `${name}${round + 1}`),
  );
  return [...once.map(({ name }) => name), ...numbered.flat()];
}
