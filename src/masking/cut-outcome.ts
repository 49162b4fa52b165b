import {
  bareWord,
  type IsShown,
  isPrivateType,
  isSecretName,
  isStructure,
  notKept,
  sensitivityOf,
  shownAlone,
} from './attributes.ts';
import { maskLabel, maskText } from './mask-text.ts';

/**
 * Cuts an outcome to what may leave `graph/`: values by the list of attributes, texts masked. It also runs over the
 * rows of earlier releases, so it relies on an outcome's fields alone. Cutting twice changes nothing.
 */
export interface OutcomeLike {
  readonly kind: string;
  readonly code?: string;
  readonly reason?: string | null;
  readonly recommendedAction?: string | null;
  readonly message?: string;
  readonly property?: string | null;
  readonly report?: ReportLike;
  readonly warning?: WarningLike;
  /** The answer to a later attempt, inside an outcome that is unknown. */
  readonly last?: OutcomeLike;
}

interface WarningLike {
  readonly code: string;
  readonly reason: string | null;
}

export interface ReportLike {
  readonly steps: readonly StepLike[];
  readonly changes: readonly ChangeLike[];
  readonly changeId: string | null;
  readonly subjectLabel: string | null;
  readonly sourceSystem: string | null;
  readonly targetSystem: string | null;
  readonly targetId: string | null;
}

interface StepLike {
  readonly name: string;
  readonly description: string | null;
  readonly details: Readonly<Record<string, string>>;
}

interface ChangeLike {
  readonly attribute: string;
  readonly oldValue: string | null;
  readonly newValue: string | null;
}

export function cutOutcome<O extends OutcomeLike>(outcome: O, isShown: IsShown = shownAlone): O {
  const say = sayerFor(outcome.report, isShown);
  const { report, warning, last } = outcome;
  // TypeScript does not see that each field keeps its type.
  return {
    ...outcome,
    ...('code' in outcome ? { code: nullable(maskLabel)(outcome.code) } : {}),
    ...('property' in outcome ? { property: nullable(maskLabel)(outcome.property) } : {}),
    ...('reason' in outcome ? { reason: nullable(say)(outcome.reason) } : {}),
    ...('recommendedAction' in outcome ? { recommendedAction: nullable(say)(outcome.recommendedAction) } : {}),
    ...('message' in outcome ? { message: nullable(say)(outcome.message) } : {}),
    ...(report === undefined ? {} : { report: cutReport(report, isShown, say) }),
    ...(warning === undefined
      ? {}
      : { warning: { code: maskLabel(warning.code), reason: nullable(say)(warning.reason) } }),
    ...(last === undefined ? {} : { last: cutOutcome(last, isShown) }),
  } as O;
}

/** Masks a text that goes with this report: a value that the report does not keep is not kept in a sentence either. */
export function sayerFor(report: ReportLike | undefined, isShown: IsShown = shownAlone): (text: string) => string {
  const hidden = report === undefined ? [] : hiddenValues(report, isShown);
  return (text) => {
    let said = text;
    // Cut to a length that can be searched in reasonable time: the masking itself cuts the text anyway.
    for (const value of hidden) said = said.slice(0, longestSaid).replaceAll(value, notKept);
    return maskText(said);
  };
}

const longestSaid = 8_000;

const nullable =
  (mask: (text: string) => string) =>
  (text: string | null | undefined): string | null =>
    typeof text === 'string' ? mask(text) : null;

function cutReport(report: ReportLike, isShown: IsShown, say: (text: string) => string): ReportLike {
  const label = nullable(maskLabel);
  return {
    ...report,
    steps: report.steps.map((step) => ({
      ...step,
      name: maskLabel(step.name),
      description: nullable(say)(step.description),
      details: cutDetails(step.details, isShown, say),
    })),
    changes: report.changes.map((change) => ({
      ...change,
      attribute: maskLabel(change.attribute),
      oldValue: cutValue(change.attribute, change.oldValue, isShown),
      newValue: cutValue(change.attribute, change.newValue, isShown),
    })),
    changeId: label(report.changeId),
    subjectLabel: label(report.subjectLabel),
    sourceSystem: label(report.sourceSystem),
    targetSystem: label(report.targetSystem),
    targetId: label(report.targetId),
  };
}

/** The service's own details among the attributes: a text or a verdict. */
const ownDetails: ReadonlySet<string> = new Set([
  ...['skipreason', 'propertyname', 'errorcode', 'errormessage', 'reason', 'recommendedaction', 'reportableidentifier'],
  ...['isactive', 'activeinthesourcesystem', 'assigned', 'assignedtotheapplication', 'assignedtoapplication'],
  ...['iseffectivelyentitledforprovisioning', 'userhastherequiredrole', 'grouphastherequiredrole'],
  ...['isinprovisioningscopedisplayname', 'isinprovisioningscope', 'scopingfilterevaluationpassed', 'scopesyncall'],
]);

function cutDetails(
  details: StepLike['details'],
  isShown: IsShown,
  say: (text: string) => string,
): Readonly<Record<string, string>> {
  const kept = Object.entries(details).flatMap(([name, value]): [string, string][] => {
    const word = bareWord(name);
    if (ownDetails.has(word)) return [[name, say(value)]];
    if (word === 'scopeevaluationresult') return [[name, cutScopeResult(value, isShown)]];
    const cut = cutValue(name, value, isShown);
    // That an unlisted attribute was empty is not kept either.
    return cut === null || (cut.trim() === '' && !isShown(name)) ? [] : [[maskLabel(name), cut]];
  });
  return Object.fromEntries(kept);
}

const longestValue = 2_000;
const deepest = 6;

/** The value of an attribute as Usher shows it. */
export function cutValue(name: string, value: string | null, isShown: IsShown): string | null {
  if (value === null || value.trim() === '') return value;
  if (!isShown(name)) return notKept;
  if (!/^\s*[[{]/.test(value)) return maskText(value, longestValue);
  const nested = parsed(value);
  if (nested === undefined) return maskText(value, longestValue);
  return maskText(JSON.stringify(cutNested(nested, isShown, deepest)), longestValue);
}

/** JSON inside a value that is kept: its members are judged by their own names. */
function cutNested(value: unknown, isShown: IsShown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0 || ('type' in value && isPrivateType(value.type))) return notKept;
  if (Array.isArray(value)) return value.map((member) => cutNested(member, isShown, depth - 1));
  const members = Object.entries(value).map(([name, member]): [string, unknown] => {
    const isKept = !isSecretName(name) && (isStructure(name) || isShown(name));
    return [maskLabel(name), isKept ? cutNested(member, isShown, depth - 1) : notKept];
  });
  return Object.fromEntries(members);
}

/**
 * `{"Marketing.department EQUALS 'Sales'":false}`: the filter's name, the attribute it tests, and the result. The
 * comparison value counts as a value of the attribute.
 */
function cutScopeResult(text: string, isShown: IsShown): string {
  if (text.trim() === '') return text;
  const result = parsed(text);
  if (result === undefined) return isVerdict(text) ? text : notKept;
  return JSON.stringify(cutClauses(result, isShown, deepest));
}

function cutClauses(value: unknown, isShown: IsShown, depth: number): unknown {
  if (value === null || typeof value === 'boolean' || isVerdict(value)) return value;
  if (typeof value !== 'object' || depth === 0) return notKept;
  if (Array.isArray(value)) return value.map((member) => cutClauses(member, isShown, depth - 1));
  return Object.fromEntries(
    Object.entries(value).map(([clause, verdict]) => [
      cutClause(clause, isShown),
      cutClauses(verdict, isShown, depth - 1),
    ]),
  );
}

const isVerdict = (value: unknown): boolean =>
  typeof value === 'string' && /^(?:true|false|null)?$/i.test(value.trim());

/** https://learn.microsoft.com/graph/api/synchronization-synchronization-list-filteroperators */
const operator =
  /\s+(?:NOT[ _])?(?:EQUALS|IS[ _](?:NOT[ _])?(?:TRUE|FALSE|NULL|MEMBER OF|IN)|REGEX[ _]MATCH|INCLUDES|IN|(?:GREATER|LESS)[ _]THAN(?:[ _]OR[ _]EQUALS)?|STARTS[ _]WITH|ENDS[ _]WITH|CONTAINS)\b/i;

function cutClause(clause: string, isShown: IsShown): string {
  const found = operator.exec(clause.slice(0, longestValue));
  // Without a comparison it is a filter's name, or cannot be parsed.
  if (found === null) return /['"=<>{[]/.test(clause) ? notKept : maskLabel(clause);
  const subject = clause.slice(0, found.index);
  const end = found.index + found[0].length;
  const compared = clause.slice(end);
  const attribute = subject.slice(Math.max(subject.lastIndexOf(' '), subject.lastIndexOf('.')) + 1);
  const head = maskLabel(subject) + clause.slice(found.index, end);
  if (compared.trim() === '') return head;
  const isOneValue = /^\s*(?:'[^']*'|"[^"]*"|[^\s'"]+)\s*$/.test(compared.slice(0, longestValue));
  return isOneValue && isShown(attribute) ? head + maskText(compared, longestValue) : `${head} ${notKept}`;
}

/** Undefined, which JSON cannot express, stands for text that is not JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const mostHidden = 300;
const longestHidden = 500;

/**
 * Unkept values that may occur in the service's sentences: `The value '12 Elm Street' is too long`. Common words are
 * left alone, or the sentence would have gaps where it names an app or says "User".
 */
function hiddenValues(report: ReportLike, isShown: IsShown): readonly string[] {
  const found = new Set<string>();
  const known = new Set<string | null>([
    report.subjectLabel,
    report.targetId,
    report.sourceSystem,
    report.targetSystem,
  ]);
  const collect = (name: string, value: string | null) => {
    const text = value?.trim() ?? '';
    if (isShown(name)) known.add(text);
    else if (!ownDetails.has(bareWord(name)) && text !== notKept && couldTell(name, text)) found.add(text);
  };
  for (const { attribute, oldValue, newValue } of report.changes) {
    collect(attribute, oldValue);
    collect(attribute, newValue);
  }
  for (const { details } of report.steps) {
    for (const [name, value] of Object.entries(details)) collect(name, value);
  }
  return [...found]
    .filter((value) => !known.has(value))
    .toSorted((one, other) => other.length - one.length)
    .slice(0, mostHidden);
}

function couldTell(name: string, value: string): boolean {
  if (value.length > longestHidden || /^(?:true|false|null|\W*)$/i.test(value)) return false;
  if (isSecretName(name) || sensitivityOf(name) !== null) return value.length >= 4;
  return value.length >= 6 && /[\d\s@]/.test(value);
}
