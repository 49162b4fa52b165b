import type { DetailSection, Fact } from '../../../chat/cards/card-views.ts';
import { markdownText, plainText } from '../../../chat/cards/safe-text.ts';
import type { MessageKey, Messages } from '../../../chat/messages.ts';
import { detailText, maybe, maybeQuoted, short } from '../../../chat/views/parts.ts';
import type { Change, Outcome, Step } from '../../../graph/outcome.ts';
import { isSecretName, notKept } from '../../../masking/attributes.ts';
import { attributeWord } from './attribute-words.ts';
import { reportOf, type StepSetting, stepName, stepTexts } from './result-steps.ts';

/** How much of the details to show; lengths in UTF-16 code units. */
export interface DetailLimits {
  readonly changes: number;
  readonly valueLength: number;
  readonly steps: number;
  readonly detailsPerStep: number;
  readonly saidLength: number;
  /** How many steps are named with their status. */
  readonly stepRows: number;
  readonly lineLength: number;
}

/** The facts that Microsoft's support asks for; `finished` in words, `code` as a text. */
export interface SupportFacts {
  readonly code: string | null;
  readonly finished: string;
  readonly graphRequestId: string | null;
  readonly clientRequestId: string | null;
}

const LONGEST_ATTRIBUTE = 60;
/** For attributes without shown values: how many are named, and how much of each name. */
const MOST_NAMED = 10;
const LONGEST_NAMED = 40;

export interface DetailsInput {
  readonly outcome: Outcome;
  readonly setting: StepSetting;
  readonly support: SupportFacts;
  /** Others than those concerned read along: attributes are named without values. */
  readonly readAlong: boolean;
  /** The scoping step that found the subject out of scope; null where none did. */
  readonly unmet: Step | null;
  /** The report is that of the latest of several attempts. */
  readonly isOfLast: boolean;
}

/** The content of "Show details": the service's own words, the attributes, each step's report, ids. */
export function detailSections(
  words: Messages,
  { outcome, setting, support, readAlong, unmet, isOfLast }: DetailsInput,
  limits: DetailLimits,
): DetailSection[] {
  const report = reportOf(outcome);
  return [
    ...(readAlong
      ? namesSection(words, outcome, report?.changes ?? [])
      : [
          ...section(words.card('label.said'), { texts: maybeQuoted(saidBy(outcome), limits.saidLength) }),
          ...changesSection(words, outcome, report?.changes ?? [], limits),
        ]),
    ...(isOfLast && report !== null ? [{ heading: words.card('label.lastSteps'), texts: [], more: [] } as const] : []),
    ...stepSections(words, report?.steps ?? [], { setting, unmet, readAlong }, limits),
    ...section(words.card('label.support'), {
      texts: maybe(support.code),
      facts: [
        ...fact(words.card('fact.finished'), support.finished),
        ...fact(words.card('fact.graphRequest'), support.graphRequestId),
        ...fact(words.card('fact.change'), report?.changeId ?? null),
        ...fact(words.card('fact.targetId', { target: setting.target }), report?.targetId ?? null),
        ...fact(words.card('fact.clientRequest'), support.clientRequestId),
      ],
    }),
  ];
}

/** A row of a fact list; none without a value. */
export function fact(title: string, value: string | null, limit = 80): Fact[] {
  const text = plainText(value ?? '', limit);
  return text === '' ? [] : [{ title, value: markdownText(text, limit) }];
}

function saidBy(outcome: Outcome): string | null {
  if (outcome.kind === 'refused') return outcome.message;
  return outcome.kind === 'skipped' || outcome.kind === 'failed' ? outcome.reason : null;
}

function changesSection(words: Messages, outcome: Outcome, changes: readonly Change[], limits: DetailLimits) {
  const telling = changes.filter(({ oldValue, newValue }) => !(isEmpty(oldValue) && isEmpty(newValue)));
  const shown = telling.filter(isKept);
  const withheld = telling.filter((change) => !isKept(change)).map(({ attribute }) => attribute);
  // For an existing account, no old values at all means that the service does not report them.
  const existed = outcome.kind === 'updated' || outcome.kind === 'inSync';
  const newOnly = existed && changes.every(({ oldValue }) => isEmpty(oldValue));
  const facts = shown.slice(0, limits.changes).map((change) => changeFact(words, change, limits.valueLength, newOnly));
  const rest = shown.length - facts.length;
  return section(words.card(changesLabel(outcome)), {
    texts: maybe(withheld.length > 0 ? withheldText(words, withheld) : null),
    facts,
    more: rest > 0 ? words.card('label.moreChanges', { count: rest }) : null,
  });
}

/** The names of the changed attributes, except for secret ones. */
function namesSection(words: Messages, outcome: Outcome, changes: readonly Change[]): DetailSection[] {
  const telling = changes.filter(({ oldValue, newValue }) => !(isEmpty(oldValue) && isEmpty(newValue)));
  const names = [...new Set(telling.filter(isKept).map(({ attribute }) => attribute))];
  const text =
    names.length === 0
      ? words.card('label.notHereNone')
      : words.card('label.notHere', {
          names: words.list(names.slice(0, MOST_NAMED).map((name) => short(name, LONGEST_NAMED))),
        });
  return section(words.card(changesLabel(outcome)), { texts: maybe(text) });
}

/** The attributes beyond those whose values Usher keeps. Secret ones are counted and not named. */
function withheldText(words: Messages, attributes: readonly string[]): string {
  const unlike = [...new Set(attributes)];
  const named = unlike.filter((attribute) => !isSecretName(attribute)).slice(0, MOST_NAMED);
  return words.card('label.notKept', {
    count: unlike.length,
    named: named.length,
    names: words.commas(named.map((attribute) => short(attribute, LONGEST_NAMED))),
    rest: unlike.length - named.length,
  });
}

function changesLabel(outcome: Outcome): MessageKey {
  if (outcome.kind === 'inSync') return 'label.compared';
  const stopped = outcome.kind === 'failed' || outcome.kind === 'skipped' || outcome.kind === 'notInScope';
  return stopped ? 'label.attempted' : 'label.changes';
}

function isKept({ attribute, oldValue, newValue }: Change): boolean {
  return oldValue !== notKept && newValue !== notKept && !isSecretName(attribute);
}

function changeFact(words: Messages, { attribute, oldValue, newValue }: Change, limit: number, newOnly: boolean): Fact {
  const before = isEmpty(oldValue) ? null : plainText(oldValue ?? '', limit);
  const after = isEmpty(newValue) ? null : plainText(newValue ?? '', limit);
  const name = plainText(attribute, LONGEST_ATTRIBUTE);
  const known = attributeWord(attribute, words);
  return {
    title: known === null ? markdownText(name) : words.card('change.attribute', { words: known, attribute: name }),
    value: newOnly ? markdownText(newValue ?? '', limit) : changeText(words, before, after),
  };
}

function changeText(words: Messages, before: string | null, after: string | null): string {
  if (before === null) return words.card('change.added', { after: after ?? '' });
  if (after === null) return words.card('change.removed', { before });
  return words.card('change.replaced', { before, after });
}

type StepInput = Pick<DetailsInput, 'setting' | 'unmet' | 'readAlong'>;

/** Each step with its status, and with what the service says of it where there is room. */
function stepSections(
  words: Messages,
  steps: readonly Step[],
  input: StepInput,
  limits: DetailLimits,
): DetailSection[] {
  const shown = steps.slice(0, limits.stepRows);
  const hidden = steps.length - shown.length;
  const last = shown.length - 1;
  return shown.flatMap((step, index) => {
    const isWhole = index < limits.steps && !input.readAlong;
    const all = stepSection(words, step, input, isWhole ? limits : { ...limits, detailsPerStep: 0 });
    if (index < last || hidden === 0) return all;
    return all.map((each) => ({ ...each, more: maybe(words.card('label.moreSteps', { count: hidden })) }));
  });
}

function stepSection(
  words: Messages,
  step: Step,
  { setting, unmet, readAlong }: StepInput,
  limits: DetailLimits,
): DetailSection[] {
  const telling = Object.entries(step.details).filter(([, value]) => !isEmpty(value));
  const kept = telling.filter(([name, value]) => value !== notKept && !isSecretName(name));
  const withheld = limits.detailsPerStep === 0 ? 0 : telling.length - kept.length;
  const facts = kept
    .slice(0, limits.detailsPerStep)
    .flatMap(([name, value]) => fact(markdownText(name, LONGEST_ATTRIBUTE), value, limits.valueLength));
  const name = stepName(words, step, setting);
  return section(markdownText(readAlong ? name : words.dotted([name, plainText(step.name, 60)])), {
    texts: stepTexts(words, step, setting, { lineLength: limits.lineLength, unmet: step === unmet }),
    facts,
    more: withheld > 0 ? words.card('label.notKeptHere', { count: withheld }) : null,
  });
}

/** A section, or none when it would be empty. */
function section(
  heading: string,
  { texts = [], facts = [], more = null }: { texts?: DetailSection['texts']; facts?: Fact[]; more?: string | null },
): DetailSection[] {
  if (texts.length === 0 && facts.length === 0 && more === null) return [];
  return [{ heading, texts: [...texts, ...facts.map(detailText)], more: maybe(more) }];
}

/** The service writes empty JSON for missing values. */
function isEmpty(value: string | null): boolean {
  return value === null || ['', '{}', '[]', 'null'].includes(plainText(value));
}
