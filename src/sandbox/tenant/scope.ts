/**
 * Scoping filters: of the groups one must hold, and of a group all clauses. The operators are Microsoft's, in the
 * article's spelling; of these `EQUALS` alone is known on the wire. All of them but `IS NULL` are false for a person who
 * has no value.
 * https://learn.microsoft.com/entra/identity/app-provisioning/define-conditional-rules-for-provisioning-user-accounts
 */
export interface ScopeGroup {
  readonly name: string;
  readonly clauses: readonly ScopeClause[];
}

export interface ScopeClause {
  readonly attribute: string;
  readonly operator: string;
  readonly values: readonly string[];
}

interface Operator {
  readonly name: string;
  readonly arity: 'Binary' | 'Unary';
  readonly types: readonly string[];
  /** `value` is null or empty for a person without one. */
  readonly holds: (value: string | null, operand: string, wholeMatch: boolean) => boolean;
}

const isGiven = (value: string | null): value is string => value !== null && value !== '';
const isWhole = (text: string) => /^-?\d+$/.test(text);
const everyType = ['String', 'Integer', 'Boolean', 'Reference', 'Binary'];

function fits(value: string, pattern: string, wholeMatch: boolean): boolean {
  return new RegExp(wholeMatch ? `^(?:${pattern})$` : pattern).test(value);
}

function operator(
  name: string,
  arity: Operator['arity'],
  types: readonly string[],
  holds: Operator['holds'],
): Operator {
  return { name, arity, types, holds };
}

const binary = (
  name: string,
  types: readonly string[],
  holds: (value: string, operand: string, whole: boolean) => boolean,
) => operator(name, 'Binary', types, (value, operand, whole) => isGiven(value) && holds(value, operand, whole));

const numbers = (holds: (value: number, operand: number) => boolean) => (value: string, operand: string) =>
  isWhole(value) && isWhole(operand) && holds(Number(value), Number(operand));

export const operators: readonly Operator[] = [
  binary('EQUALS', ['String', 'Integer'], (value, operand) => value === operand),
  binary('NOT EQUALS', ['String', 'Integer'], (value, operand) => value !== operand),
  operator('IS TRUE', 'Unary', ['Boolean'], (value) => value?.toLowerCase() === 'true'),
  operator('IS FALSE', 'Unary', ['Boolean'], (value) => value?.toLowerCase() === 'false'),
  operator('IS NULL', 'Unary', everyType, (value) => !isGiven(value)),
  operator('IS NOT NULL', 'Unary', everyType, isGiven),
  binary('REGEX MATCH', ['String'], fits),
  binary('NOT REGEX MATCH', ['String'], (value, operand, whole) => !fits(value, operand, whole)),
  binary(
    'Greater_Than',
    ['Integer'],
    numbers((value, operand) => value > operand),
  ),
  binary(
    'Greater_Than_OR_EQUALS',
    ['Integer'],
    numbers((value, operand) => value >= operand),
  ),
  binary('Includes', ['String'], (value, operand) => value.includes(operand)),
  binary('ENDS_WITH', ['String'], (value, operand) => value.endsWith(operand)),
  binary(
    '&',
    ['Integer'],
    numbers((value, operand) => (value & operand) !== 0),
  ),
  binary(
    '!&',
    ['Integer'],
    numbers((value, operand) => (value & operand) === 0),
  ),
];

export interface ScopeVerdict {
  readonly passed: boolean;
  /** By `{filter title}.{attribute} {OPERATOR} '{value}'`, as the scoping step tells it. */
  readonly clauses: Readonly<Record<string, boolean>>;
}

/** @param valueFor the person's value of a source attribute. */
export function evaluateScope(
  groups: readonly ScopeGroup[],
  valueFor: (attribute: string) => string | null,
  wholeMatch: boolean,
): ScopeVerdict {
  const clauses: Record<string, boolean> = {};
  const passes = groups.map((group) =>
    group.clauses
      .map((clause) => {
        const found = operators.find(({ name }) => name === clause.operator);
        const [operand = ''] = clause.values;
        const holds = found?.holds(valueFor(clause.attribute), operand, wholeMatch) ?? false;
        clauses[`${group.name}.${clause.attribute} ${clause.operator} '${operand}'`] = holds;
        return holds;
      })
      .every(Boolean),
  );
  return { passed: groups.length === 0 || passes.includes(true), clauses };
}
