import { z } from 'zod';
import { cutOutcome, sayerFor } from '../masking/cut-outcome.ts';
import { maskLabel } from '../masking/mask-text.ts';
import { orNull } from './odata.ts';
import { detailOf, readEntry } from './outcome/entry.ts';
import { judge } from './outcome/read-status.ts';
import { failedScopingChecks, isSkip } from './outcome/scoping.ts';
import type { Outcome, Step, StepType } from './outcome.ts';
import { moment } from './stored-job.ts';

/**
 * One record of the provisioning log. It describes one object as an on-demand answer does, with other field names, so
 * the same code reads both and the same texts describe both. The person's attributes, which the record has in full, are
 * dropped here. https://learn.microsoft.com/graph/api/resources/provisioningobjectsummary
 */
export interface LogEntry {
  readonly id: string;
  /** The change id of the on-demand answer, where Usher's own call made the record; Microsoft's support asks for it. */
  readonly changeId: string | null;
  readonly jobId: string | null;
  readonly servicePrincipalId: string | null;
  /** The object in the source and in the target, where they have ids; a person's Entra object id is one of them. */
  readonly objectIds: readonly string[];
  /** Milliseconds since 1970; null when the record does not say. */
  readonly at: number | null;
  readonly action: LogAction;
  readonly status: LogStatus;
  /** The record judged as an on-demand answer is. Its report holds neither attributes nor names. */
  readonly outcome: Outcome;
  /** Whether the object passed scoping then; `notTold` where it did not get that far. */
  readonly scope: 'in' | 'out' | 'notTold';
  readonly error: LogError | null;
  /** As the service spells it, e.g. `RedundantExport`. */
  readonly skipReason: string | null;
  /** The step at which it failed, or was skipped. */
  readonly stoppedAt: { readonly type: StepType; readonly name: string } | null;
  readonly initiatedBy: LogInitiator | null;
}

const actions = ['create', 'update', 'delete', 'disable', 'stagedDelete', 'other'] as const;
const statuses = ['success', 'failure', 'skipped', 'warning'] as const;

type Known<K extends string> = { readonly kind: K } | { readonly kind: 'unknown'; readonly code: string };
export type LogAction = Known<(typeof actions)[number]>;
export type LogStatus = Known<(typeof statuses)[number]>;

export type LogError = Readonly<Record<'code' | 'reason' | 'recommendedAction', string | null>>;

/**
 * The initiator. The service itself is `system`; a record does not say whether it acted in its cycle or on demand. A
 * record of Usher's own call is recognized by its change id.
 */
export interface LogInitiator {
  /** `user`, `application`, `system`, or a word that Microsoft has added. */
  readonly type: string;
  readonly name: string | null;
}

/** Every text read through this is masked before it is shown. */
const text = orNull(z.string().transform((value) => (value.trim() === '' ? null : value)));
const stepSchema = z.looseObject({ provisioningStepType: z.unknown() });

const recordSchema = z.looseObject({
  id: z.string(),
  jobId: text,
  activityDateTime: text,
  provisioningAction: text,
  provisioningStatusInfo: z
    .looseObject({
      status: text,
      errorInformation: orNull(z.looseObject({ errorCode: text, reason: text, recommendedAction: text })),
    })
    .default({ status: null, errorInformation: null })
    .catch({ status: null, errorInformation: null }),
  provisioningSteps: z.array(z.unknown()).default([]).catch([]),
  servicePrincipal: orNull(z.looseObject({ id: text })),
  sourceIdentity: orNull(z.looseObject({ id: text })),
  targetIdentity: orNull(z.looseObject({ id: text })),
  initiatedBy: orNull(z.looseObject({ displayName: text, initiatorType: text })),
});

type LogRecord = z.infer<typeof recordSchema>;

/** Only the id is required; anything else that is missing or unexpected is reported as such. */
export const logEntrySchema: z.ZodType<LogEntry> = recordSchema.transform(readRecord);

function readRecord(record: LogRecord): LogEntry {
  const { status, errorInformation } = record.provisioningStatusInfo;
  const entry = readEntry({
    ...record,
    action: record.provisioningAction,
    statusInfo: { ...errorInformation, status },
    provisioningSteps: record.provisioningSteps.map(renamedStep),
  });
  const steps = entry.provisioningSteps;
  const outcome = judge(null, entry);
  const say = sayerFor('report' in outcome ? outcome.report : undefined);
  const stopped = steps.find((step) => step.status === 'failure') ?? steps.find(isSkip);
  return {
    id: record.id,
    changeId: label(entry.changeId),
    jobId: record.jobId,
    servicePrincipalId: record.servicePrincipal?.id ?? null,
    objectIds: [record.sourceIdentity?.id, record.targetIdentity?.id].filter((id) => typeof id === 'string'),
    at: moment(record.activityDateTime),
    action: known(actions, record.provisioningAction ?? ''),
    status: known(statuses, status ?? ''),
    outcome: withoutAttributes(cutOutcome(outcome)),
    scope: scopeOf(outcome, steps),
    error: errorOf(errorInformation, say),
    skipReason: label(steps.map((step) => detailOf(step, 'SkipReason')).find((reason) => reason !== null) ?? null),
    stoppedAt: stopped === undefined ? null : { type: stopped.type, name: maskLabel(stopped.name) },
    initiatedBy: initiatorOf(record.initiatedBy),
  };
}

function renamedStep(step: unknown): unknown {
  const read = stepSchema.safeParse(step);
  return read.success ? { ...read.data, type: read.data.provisioningStepType } : step;
}

/** The known word that matches, ignoring case; else the word as it came. */
function known<K extends string>(words: readonly K[], word: string): Known<K> {
  const kind = words.find((candidate) => candidate.toLowerCase() === word.toLowerCase());
  return kind === undefined ? { kind: 'unknown', code: maskLabel(word) } : { kind };
}

function scopeOf(outcome: Outcome, steps: readonly Step[]): LogEntry['scope'] {
  if (outcome.kind === 'notInScope' || failedScopingChecks(steps).length > 0) return 'out';
  return steps.some((step) => step.type === 'scoping' && step.status === 'success') ? 'in' : 'notTold';
}

function errorOf(
  error: LogRecord['provisioningStatusInfo']['errorInformation'],
  say: (text: string) => string,
): LogError | null {
  if (error === null || (error.errorCode === null && error.reason === null)) return null;
  const said = (text: string | null) => (text === null ? null : say(text));
  return { code: label(error.errorCode), reason: said(error.reason), recommendedAction: said(error.recommendedAction) };
}

function initiatorOf(initiator: LogRecord['initiatedBy']): LogInitiator | null {
  const type = initiator?.initiatorType ?? null;
  return type === null ? null : { type: maskLabel(type), name: label(initiator?.displayName ?? null) };
}

/** Keeps each step's type and result, and drops its details and texts, which are full of the person's data. */
function withoutAttributes(outcome: Outcome): Outcome {
  if (!('report' in outcome)) return outcome;
  const steps = outcome.report.steps.map((step) => ({ ...step, description: null, details: {} }));
  return { ...outcome, report: { ...outcome.report, steps, changes: [], subjectLabel: null } };
}

function label(text: string | null): string | null {
  return text === null ? null : maskLabel(text);
}
