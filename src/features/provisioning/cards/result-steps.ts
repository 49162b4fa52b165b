import { assertNever } from '../../../assert-never.ts';
import type { Look, StepRow, Text } from '../../../chat/cards/card-views.ts';
import { markdownText } from '../../../chat/cards/safe-text.ts';
import type { MessageKey, Messages } from '../../../chat/messages.ts';
import { maybe, short } from '../../../chat/views/parts.ts';
import type { Outcome, Report, Step, StepStatus } from '../../../graph/outcome.ts';
import { isEntra, serviceMarkdown } from './service-words.ts';

interface StatusLook {
  readonly glyph: string;
  readonly color: Look['color'];
  readonly word: MessageKey;
}

const STATUSES: Readonly<Record<StepStatus, StatusLook>> = {
  success: { glyph: '✓', color: 'Good', word: 'status.success' },
  failure: { glyph: '✗', color: 'Attention', word: 'status.failure' },
  skipped: { glyph: '–', color: 'Default', word: 'status.skipped' },
  warning: { glyph: '!', color: 'Default', word: 'status.warning' },
  unknownFutureValue: { glyph: '?', color: 'Default', word: 'status.unknown' },
};

const NOT_MET: StatusLook = { glyph: '!', color: 'Default', word: 'status.notMet' };

/** Skip reasons that have words; others are shown as they are. */
const SKIP_REASONS: ReadonlyMap<string, MessageKey> = new Map<string, MessageKey>([
  ['RedundantExport', 'step.inSync'],
  ['NotEffectivelyEntitled', 'step.notInScope'],
]);

/** What a step's words depend on besides the step. */
export interface StepSetting {
  readonly app: string;
  /** `group`, or `other` for a person. */
  readonly what: string;
  /** The source and the target system, by their everyday names. */
  readonly source: string;
  readonly target: string;
}

/** The result of the latest attempt: an unknown outcome holds that of a later attempt. */
export function latestOf(outcome: Outcome): Outcome {
  return outcome.kind === 'unknown' ? (outcome.last ?? outcome) : outcome;
}

/** The report of the latest call, where the service gave one. */
export function reportOf(outcome: Outcome): Report | null {
  const latest = latestOf(outcome);
  return latest.kind === 'refused' || latest.kind === 'unknown' ? null : latest.report;
}

/**
 * A step's row on the card. `unmet` marks the scoping step that found the subject out of scope: the service calls it a
 * success or a skip, and either would mislead.
 */
export function stepRow(words: Messages, step: Step, setting: StepSetting, unmet: boolean): StepRow {
  const { glyph, color, word } = lookOfStep(step, unmet);
  return { glyph, color, name: markdownText(stepName(words, step, setting)), status: words.card(word) };
}

/** The same in the details: the status, and the service's text. `lineLength` in UTF-16 code units. */
export function stepTexts(
  words: Messages,
  step: Step,
  setting: StepSetting,
  { lineLength, unmet }: { readonly lineLength: number; readonly unmet: boolean },
): Text[] {
  const { glyph, word } = lookOfStep(step, unmet);
  return [{ text: `${glyph} ${words.card(word)}` }, ...maybe(stepLine(words, step, setting, lineLength))];
}

function lookOfStep(step: Step, unmet: boolean): StatusLook {
  return unmet && step.type === 'scoping' ? NOT_MET : STATUSES[step.status];
}

/** The step in plain words, after the portal's five steps. Not yet escaped. */
export function stepName(words: Messages, step: Step, { app, what, source, target }: StepSetting): string {
  switch (step.type) {
    case 'import':
      return /^EntryImport(Add|Update|Delete)$/i.test(step.name)
        ? words.plain('step.importChange', { source })
        : words.plain('step.import', { what, source });
    case 'scoping':
      return words.plain('step.scoping', { app });
    case 'matching':
      return words.plain('step.matching', { target });
    case 'processing':
      return words.plain('step.processing');
    case 'referenceResolution':
      return words.plain('step.referenceResolution');
    case 'export':
      return words.plain('step.export', { target });
    case 'unknownFutureValue':
      return words.plain('step.other', { name: short(step.name) });
    default:
      return assertNever(step.type, 'step');
  }
}

/** The service's text for the step, or the meaning of its skip reason. Escaped; null when there is neither. */
export function stepLine(words: Messages, step: Step, { app }: StepSetting, limit: number): string | null {
  const reason = step.details.SkipReason ?? '';
  const meaning = SKIP_REASONS.get(reason);
  if (meaning !== undefined) return words.card(meaning);
  const text = serviceMarkdown(step.description ?? reason, app, limit);
  return text === '' ? null : text;
}

/**
 * The step to name first after a bad outcome, with its number from 1: the failed one, or else the one that decided to
 * do nothing.
 */
export function decisiveStep(outcome: Outcome): { readonly step: Step; readonly number: number } | null {
  const steps = reportOf(outcome)?.steps ?? [];
  const index = decisiveIndex(outcome, steps);
  const step = steps[index];
  return step === undefined ? null : { step, number: index + 1 };
}

function decisiveIndex(outcome: Outcome, steps: readonly Step[]): number {
  const failed = steps.findIndex(({ status }) => status === 'failure');
  if (failed !== -1) return failed;
  // A scoping step that finds a person out of scope has succeeded, and a later export step carries the skip.
  const scoping = outcome.kind === 'notInScope' ? steps.findIndex(({ type }) => type === 'scoping') : -1;
  return scoping !== -1 ? scoping : steps.findLastIndex(({ status }) => status === 'skipped' || status === 'warning');
}

/** What the steps of an outcome are about. `app` by its name; `what` is `group`, or `other` for a person. */
export function settingOf(words: Messages, outcome: Outcome, app: string, what: string): StepSetting {
  const sourceSystem = reportOf(outcome)?.sourceSystem ?? null;
  const entra = words.plain('step.source');
  const source = sourceSystem === null || isEntra(sourceSystem) ? entra : short(sourceSystem);
  return { app, what, source, target: writesToEntra(outcome) ? entra : app };
}

/** Whether the call writes to Entra ID, as cloud sync does: then the app is only the way there. */
export function writesToEntra(outcome: Outcome): boolean {
  return isEntra(reportOf(outcome)?.targetSystem ?? '');
}
