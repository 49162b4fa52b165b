import { type Arguments, EvaluationError, functions, type Value } from './functions.ts';
import type { Source } from './parse.ts';

export type Evaluated =
  | { readonly ok: true; readonly value: Value }
  /** `target`: the function that has no value. */
  | { readonly ok: false; readonly target: string; readonly message: string };

/** The value of an expression for an object with these attributes; of an attribute that it lacks, null. */
export function evaluate(source: Source, attributes: Readonly<Record<string, Value>>): Evaluated {
  let target = source.name;
  const valueOfSource = ({ type, name, parameters }: Source): Value => {
    if (type === 'Constant') return name;
    if (type === 'Attribute') return attributes[name] ?? null;
    const [left, right] = parameters.map(({ value }) => value);
    if (isComparison(name) && left !== undefined && right !== undefined)
      return compare(name, textOf(valueOfSource(left)), textOf(valueOfSource(right)));
    const definition = functions.get(name);
    target = name;
    if (definition?.run === undefined) throw new EvaluationError(`The sandbox does not evaluate ${name}.`);
    return definition.run(argumentsOf(parameters, valueOfSource));
  };
  try {
    return { ok: true, value: valueOfSource(source) };
  } catch (error) {
    // A pattern in the expression may be none.
    if (!(error instanceof EvaluationError) && !(error instanceof SyntaxError)) throw error;
    return { ok: false, target, message: error.message };
  }
}

/** An attribute with several values counts as its first. */
export const textOf = (value: Value): string | null =>
  value === null || typeof value === 'string' ? value : (value[0] ?? null);

function argumentsOf(parameters: Source['parameters'], valueOfSource: (source: Source) => Value): Arguments {
  const given = new Map(parameters.map(({ key, value }) => [key, value]));
  const value = (key: string): Value => {
    const source = given.get(key);
    return source === undefined ? null : valueOfSource(source);
  };
  return {
    value,
    text: (key) => textOf(value(key)),
    has: (key) => given.has(key),
    all(name) {
      const numbers = [...given.keys()].map((key) => Number(new RegExp(`^${name}(\\d+)$`).exec(key)?.[1] ?? 0));
      return Array.from({ length: Math.max(0, ...numbers) }, (_, index) => value(`${name}${index + 1}`));
    },
  };
}

const isComparison = (name: string) => /^(?:=|<>|>|<|>=|<=)$/.test(name);

/** Without a value on either side a condition is not met. */
function compare(operator: string, left: string | null, right: string | null): 'True' | 'False' {
  if (left === null || left === '' || right === null) return 'False';
  const areNumbers = /^-?\d+$/.test(left) && /^-?\d+$/.test(right);
  const sign = areNumbers ? Number(left) - Number(right) : left === right ? 0 : left < right ? -1 : 1;
  const holds = {
    '=': sign === 0,
    '<>': sign !== 0,
    '>': sign > 0,
    '<': sign < 0,
    '>=': sign >= 0,
    '<=': sign <= 0,
  }[operator];
  return holds === true ? 'True' : 'False';
}
