import { assertNever } from '../../assert-never.ts';
import { isBounded } from '../../ticket-rules.ts';
import type { SourceValue, UnreadValue } from './source-values.ts';

/**
 * One clause of a scoping filter for one person's value. Microsoft describes the operators in an article and publishes
 * the wire name of `EQUALS` alone, so names are compared without spaces, underscores and case. Wherever the engine may
 * see it otherwise than Usher, the clause is unknown. The job's own list of operators (`filterOperators`) is not read: it
 * tells how many operands an operator takes and for which types, and not what it means, and its names stand in the filter
 * anyway.
 * https://learn.microsoft.com/entra/identity/app-provisioning/define-conditional-rules-for-provisioning-user-accounts
 */
export type Truth = { readonly is: 'yes' | 'no' } | { readonly is: 'unknown'; readonly why: ClauseDoubt };

/**
 * `operator`: Usher does not know it. `operand`: it does not have exactly the values that its operator takes. `type`: the
 * operator is not for such a value. `regex`: .NET may read this pattern otherwise, or it may take long. `anchoring`: the
 * pattern fits a part of the value, and Microsoft does not say whether that is enough. `letterCase`: the same for
 * letters in another case.
 */
export type ClauseDoubt =
  | UnreadValue
  | 'operator'
  | 'operand'
  | 'type'
  | 'notFilterable'
  | 'regex'
  | 'anchoring'
  | 'letterCase';

const yes: Truth = { is: 'yes' };
const no: Truth = { is: 'no' };
const truth = (is: boolean): Truth => (is ? yes : no);
const unknown = (why: ClauseDoubt): Truth => ({ is: 'unknown', why });

const unary = ['istrue', 'isfalse', 'isnull', 'isnotnull'] as const;
const binary = [
  'equals',
  'notequals',
  'regexmatch',
  'notregexmatch',
  'greaterthan',
  'greaterthanorequals',
  'includes',
  'endswith',
] as const;
type Unary = (typeof unary)[number];
type Binary = (typeof binary)[number];

/** The multi-valued ones besides, these cannot be filtered by; `IsSoftDeleted` follows from the result itself. */
const notFilterable = new Set(['appRoleAssignments', 'userType', 'manager', 'proxyAddresses', 'IsSoftDeleted']);

export interface Clause {
  readonly operator: string;
  readonly attribute: string;
  readonly values: readonly string[];
}

/** Whether this value of the clause's attribute satisfies it. */
export function evaluateClause({ operator, attribute, values }: Clause, value: SourceValue): Truth {
  const name = operator.replace(/[\s_]/g, '').toLowerCase();
  const ofOne = unary.find((known) => known === name);
  const ofTwo = binary.find((known) => known === name);
  if (ofOne === undefined && ofTwo === undefined) return unknown('operator');
  if (notFilterable.has(attribute) || value.kind === 'list') return unknown('notFilterable');
  if (value.kind === 'unread') return unknown(value.why);
  if (ofOne !== undefined) return evaluateUnary(ofOne, value);
  const [operand, ...others] = values;
  if (ofTwo === undefined || operand === undefined || others.length > 0) return unknown('operand');
  // Apart from IS NULL, filters are not satisfied by an empty value: not even the negated ones.
  if (value.kind === 'none') return no;
  return value.kind === 'flag' ? unknown('type') : evaluateBinary(ofTwo, value.text, operand);
}

type Single = Exclude<SourceValue, { kind: 'list' | 'unread' }>;

function evaluateUnary(operator: Unary, value: Single): Truth {
  switch (operator) {
    case 'isnull':
      return truth(value.kind === 'none');
    case 'isnotnull':
      return truth(value.kind !== 'none');
    case 'istrue':
    case 'isfalse':
      if (value.kind === 'none') return no;
      return value.kind === 'flag' ? truth(value.flag === (operator === 'istrue')) : unknown('type');
    default:
      return assertNever(operator, 'operator');
  }
}

function evaluateBinary(operator: Binary, text: string, operand: string): Truth {
  switch (operator) {
    case 'equals':
    case 'notequals':
      // As numbers the two would be equal.
      if (text !== operand && isWhole(text) && isWhole(operand) && BigInt(text) === BigInt(operand))
        return unknown('type');
      return truth((text === operand) === (operator === 'equals'));
    case 'greaterthan':
    case 'greaterthanorequals': {
      // The article calls a filter over anything else invalid, and does not say what becomes of the person.
      if (!isWhole(text) || !isWhole(operand)) return unknown('type');
      const [one, other] = [BigInt(text), BigInt(operand)];
      return truth(one > other || (operator === 'greaterthanorequals' && one === other));
    }
    case 'includes':
      return truth(text.includes(operand));
    case 'endswith':
      if (text.endsWith(operand)) return yes;
      return text.toLowerCase().endsWith(operand.toLowerCase()) ? unknown('letterCase') : no;
    case 'regexmatch':
      return matches(text, operand);
    case 'notregexmatch':
      return negated(matches(text, operand));
    default:
      return assertNever(operator, 'operator');
  }
}

const isWhole = (text: string): boolean => /^-?\d{1,30}$/.test(text);

function negated(result: Truth): Truth {
  return result.is === 'unknown' ? result : truth(result.is === 'no');
}

const longestValue = 128;
const longestPattern = 300;
const mostQuantifiers = 3;
/** Escapes and classes in which .NET and JavaScript agree for values in ASCII. */
const simplePattern = /^(?:\\[dDwWsS]|\\[^\p{L}\p{N}]|\[\^?(?:\\[dDwWsS]|\\[^\p{L}\p{N}]|[^[\]\\])+\]|[^[\]\\])*$/u;

/** Sure only where the pattern reads the same in both languages and gives the same anchored and not. */
function matches(text: string, pattern: string): Truth {
  const isComparable =
    text.length <= longestValue &&
    pattern.length <= longestPattern &&
    /^[\x20-\x7e]*$/.test(text) &&
    simplePattern.test(pattern) &&
    isBounded(pattern, mostQuantifiers);
  if (!isComparable) return unknown('regex');
  try {
    const isWithin = new RegExp(pattern).test(text);
    const isAll = new RegExp(`^(?:${pattern})$`).test(text);
    return isWithin === isAll ? truth(isAll) : unknown('anchoring');
  } catch {
    return unknown('regex');
  }
}
