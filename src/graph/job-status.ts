import { Duration } from 'luxon';
import { z } from 'zod';
import { assertNever } from '../assert-never.ts';
import { maskLabel, maskText } from '../masking/mask-text.ts';
import { nullableText, orNull, readable } from './odata.ts';

/**
 * The status of a synchronization job, for a caller who asks "is it the sync?". Graph's words are an open set and
 * misleading: a job that never ran says that its last execution failed in the year 1, with the error `None`.
 * https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationstatus
 */
export interface JobStatus {
  readonly id: string;
  /** The kind of connector, e.g. `AD2AADProvisioning`; null when the job does not say. */
  readonly template: string | null;
  readonly health: JobHealth;
  /** Null when the job never ran, or does not say. */
  readonly lastRun: LastRun | null;
  /** When a run last succeeded; milliseconds since 1970, as all times here. */
  readonly lastSuccess: number | null;
  /**
   * When the next run is due by the schedule, possibly in the past. Null unless the schedule is active and no run is
   * going.
   */
  readonly nextRun: number | null;
  /** How many objects of each type the app has through this job; types as the service spells them. */
  readonly counts: readonly TypeCount[];
}

/** A closed set for Graph's open one: `other` is a state that Microsoft may add. */
export type JobHealth =
  /**
   * `failing`: the job is active, but its last run failed as a whole; enough of these end in quarantine. `disabled`: no
   * cycle is scheduled, as for every job that was never started; on-demand calls work all the same.
   */
  | { readonly kind: 'healthy' | 'running' | 'failing' | 'paused' | 'neverRun' | 'disabled' | 'notConfigured' }
  | { readonly kind: 'quarantined'; readonly quarantine: Quarantine }
  | { readonly kind: 'other'; readonly code: string };

export interface Quarantine {
  /** As the service spells it, e.g. `EncounteredQuarantineException`. */
  readonly reason: string | null;
  readonly since: number | null;
  readonly nextAttempt: number | null;
  /** About when Microsoft turns the job off; null when the job does not say since when it is in quarantine. */
  readonly endsAt: number | null;
  /** How many attempts in a row have failed. */
  readonly seriesCount: number | null;
  readonly error: JobError | null;
}

export interface LastRun {
  readonly began: number | null;
  /** Null while it runs. */
  readonly ended: number | null;
  readonly result: RunResult;
  readonly error: JobError | null;
  readonly counts: RunCounts;
}

export type RunResult =
  /** `entryErrors`: the run itself succeeded, but single objects failed. */
  { readonly kind: 'succeeded' | 'failed' | 'entryErrors' } | { readonly kind: 'other'; readonly code: string };

/** The counts of one run. `escrowed` are objects that failed and are retried later. */
export type RunCounts = Readonly<Record<'entitled' | 'inScope' | 'imported' | 'exported' | 'escrowed', number | null>>;

/** The job state as an on-demand call needs it. `disabled` refers to its schedule, never to the app. */
export type JobState =
  | { readonly kind: 'active' | 'paused' | 'neverRun' | 'notConfigured' | 'disabled' }
  | {
      readonly kind: 'quarantined';
      readonly reason: string | null;
      readonly since: string | null;
      readonly nextAttempt: string | null;
      /** As in `Quarantine`. */
      readonly endsAt: number | null;
      readonly errorCode: string | null;
      readonly message: string | null;
      readonly tenantActionable: boolean | null;
    }
  | { readonly kind: 'other'; readonly code: string };

// Edm.Int64 may travel as text.
const count = orNull(z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)]));

/** The service's texts, which may pass on the application's: a quarantine's message may quote what was sent. */
const masked = (mask: (text: string) => string) =>
  nullableText.transform((said) => (said === null ? null : mask(said)));
const code = masked(maskLabel);
const message = masked(maskText);

/** `tenantActionable`: whether an admin of the tenant can fix it, according to Microsoft. */
const errorSchema = orNull(z.object({ code, message, tenantActionable: orNull(z.boolean()) }));
export type JobError = Readonly<NonNullable<z.infer<typeof errorSchema>>>;

const quarantineSchema = orNull(
  z.object({
    reason: message,
    currentBegan: nullableText,
    seriesBegan: nullableText,
    nextAttempt: nullableText,
    seriesCount: count,
    error: errorSchema,
  }),
);

const executionSchema = orNull(
  z.object({
    state: code,
    timeBegan: nullableText,
    timeEnded: nullableText,
    error: errorSchema,
    countEntitled: count,
    countEntitledForProvisioning: count,
    countImported: count,
    countExported: count,
    countEscrowed: count,
  }),
);

const typeCountSchema = z
  .object({ key: z.string(), value: count.pipe(z.number()) })
  .transform(({ key, value }) => ({ type: key, count: value }));
type TypeCount = Readonly<z.infer<typeof typeCountSchema>>;
const typeCountsSchema = z
  .array(z.unknown())
  .catch([])
  .transform((pairs) => readable(pairs, typeCountSchema));

const settingSchema = z.object({ name: z.string(), value: nullableText });

/** A job as Graph sends it. Only its id is required: a job with nothing else reads as `other`. */
export const storedJobSchema = z.object({
  id: z.string(),
  templateId: nullableText,
  schedule: orNull(z.object({ state: nullableText, interval: nullableText })),
  status: orNull(
    z.object({
      code,
      quarantine: quarantineSchema,
      lastExecution: executionSchema,
      lastSuccessfulExecution: executionSchema,
      synchronizedEntryCountByType: typeCountsSchema,
    }),
  ),
  synchronizationJobSettings: z
    .array(z.unknown())
    .catch([])
    .transform((settings) => readable(settings, settingSchema)),
});

export type StoredJob = z.infer<typeof storedJobSchema>;
type StoredExecution = NonNullable<z.infer<typeof executionSchema>>;

/** The state that decides whether a call is worth making. */
export function stateOf({ schedule, status }: StoredJob): JobState {
  const code = status?.code ?? '';
  const scheduled = schedule?.state?.toLowerCase();
  if (code.toLowerCase() === 'quarantine') {
    const quarantine = status?.quarantine ?? unknownQuarantine;
    const { reason, currentBegan: since, nextAttempt, error } = quarantine;
    const { code: errorCode, message, tenantActionable } = error ?? unknownError;
    const endsAt = endOf(quarantine);
    return { kind: 'quarantined', reason, since, nextAttempt, endsAt, errorCode, message, tenantActionable };
  }
  // A new job without credentials is off as well, and only the missing credentials prevent an on-demand call.
  if (scheduled === 'disabled' && code.toLowerCase() !== 'notconfigured') return { kind: 'disabled' };
  if (code.toLowerCase() === 'active') return { kind: scheduled === 'paused' ? 'paused' : 'active' };
  const kind = stateKinds.get(code.toLowerCase());
  return kind === undefined ? { kind: 'other', code } : { kind };
}

/**
 * Whether the job holds disables and deletions back, because a cycle would have done more than its threshold allows. It
 * is then to be left alone: a start or a restart may carry them out.
 * https://learn.microsoft.com/entra/identity/app-provisioning/accidental-deletions
 */
export function holdsDeletionsBack(state: JobState): boolean {
  return state.kind === 'quarantined' && state.reason?.toLowerCase() === 'toomanydeletes';
}

/** How many disables and deletions in a cycle the job allows; null where it does not tell, as most do not. */
export function deletionThresholdOf({ synchronizationJobSettings }: StoredJob): number | null {
  const setting = synchronizationJobSettings.find(
    ({ name }) => name.toLowerCase() === 'quarantinetoomanydeletesthreshold',
  );
  return /^\d{1,9}$/.test(setting?.value ?? '') ? Number(setting?.value) : null;
}

/**
 * The pause between two regular cycles in milliseconds; null where none is scheduled, or at an interval that means
 * "never". Missing where the job does not say.
 */
export function cycleOf({ schedule }: StoredJob): { readonly cycleMs?: number | null } {
  if (schedule === null) return {};
  if (schedule.state !== null && schedule.state.toLowerCase() !== 'active') return { cycleMs: null };
  return schedule.interval === null ? {} : { cycleMs: duration(schedule.interval) };
}

const unknownError = { code: null, message: null, tenantActionable: null };
const unknownQuarantine = {
  ...{ reason: null, currentBegan: null, seriesBegan: null, nextAttempt: null },
  ...{ seriesCount: null, error: null },
};

/**
 * Microsoft turns a job off after four weeks in quarantine, counted from its first failure.
 * https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-quarantine-status
 */
const longestQuarantineMs = 28 * 24 * 60 * 60_000;

function endOf({ seriesBegan, currentBegan }: Record<'seriesBegan' | 'currentBegan', string | null>): number | null {
  const began = moment(seriesBegan) ?? moment(currentBegan);
  return began === null ? null : began + longestQuarantineMs;
}

const stateKinds = new Map<string, 'paused' | 'neverRun' | 'notConfigured'>([
  ['paused', 'paused'],
  ['notrun', 'neverRun'],
  ['notstarted', 'neverRun'],
  ['notconfigured', 'notConfigured'],
]);

/** The job's complete status. */
export function statusOf(stored: StoredJob): JobStatus {
  const execution = stored.status?.lastExecution ?? null;
  const lastRun = execution === null || neverHappened(execution) ? null : runOf(execution);
  const health = healthOf(stored, lastRun);
  return {
    id: stored.id,
    template: templateOf(stored),
    health,
    lastRun,
    lastSuccess: moment(stored.status?.lastSuccessfulExecution?.timeEnded),
    nextRun: nextRun(stored, health, lastRun),
    counts: stored.status?.synchronizedEntryCountByType ?? [],
  };
}

/** The connector's template: as the job names it, or else the beginning of its id. */
export function templateOf({ id, templateId }: StoredJob): string | null {
  const [beginning = '', ...others] = id.split('.');
  return templateId ?? (others.length > 0 ? beginning : null);
}

function healthOf(stored: StoredJob, lastRun: LastRun | null): JobHealth {
  const state = stateOf(stored);
  switch (state.kind) {
    case 'active':
      return { kind: activeHealth(stored, lastRun) };
    case 'quarantined':
      return { kind: 'quarantined', quarantine: quarantineOf(stored) };
    case 'other':
      // Seen in the field, though the documentation does not list it.
      return state.code.toLowerCase() === 'inprogress' ? { kind: 'running' } : state;
    case 'paused':
    case 'neverRun':
    case 'notConfigured':
    case 'disabled':
      return { kind: state.kind };
    default:
      return assertNever(state, 'state');
  }
}

function activeHealth(stored: StoredJob, lastRun: LastRun | null): 'healthy' | 'running' | 'failing' | 'neverRun' {
  // A job that reports no execution at all is believed when it says that it is active.
  if (lastRun === null) return (stored.status?.lastExecution ?? null) === null ? 'healthy' : 'neverRun';
  if (lastRun.began !== null && lastRun.ended === null) return 'running';
  return lastRun.result.kind === 'failed' ? 'failing' : 'healthy';
}

function quarantineOf({ status }: StoredJob): Quarantine {
  const quarantine = status?.quarantine ?? unknownQuarantine;
  const { reason, currentBegan, nextAttempt, seriesCount, error } = quarantine;
  const [since, next, endsAt] = [moment(currentBegan), moment(nextAttempt), endOf(quarantine)];
  return { reason, since, nextAttempt: next, endsAt, seriesCount, error: realError(error) };
}

function runOf(execution: StoredExecution): LastRun {
  return {
    began: moment(execution.timeBegan),
    ended: moment(execution.timeEnded),
    result: resultOf(execution.state ?? ''),
    error: realError(execution.error),
    counts: {
      entitled: execution.countEntitled,
      inScope: execution.countEntitledForProvisioning,
      imported: execution.countImported,
      exported: execution.countExported,
      escrowed: execution.countEscrowed,
    },
  };
}

const runResults = new Map<string, 'succeeded' | 'failed' | 'entryErrors'>([
  ['succeeded', 'succeeded'],
  ['failed', 'failed'],
  ['entrylevelerrors', 'entryErrors'],
]);

function resultOf(state: string): RunResult {
  const kind = runResults.get(state.toLowerCase());
  return kind === undefined ? { kind: 'other', code: state } : { kind };
}

function neverHappened({ timeBegan, timeEnded, error }: StoredExecution): boolean {
  return moment(timeBegan) === null && moment(timeEnded) === null && realError(error) === null;
}

function realError(error: JobError | null): JobError | null {
  const code = error?.code ?? '';
  const isNone = code === '' || code.toLowerCase() === 'none';
  return error === null || (isNone && (error.message ?? '') === '') ? null : error;
}

function nextRun({ schedule }: StoredJob, health: JobHealth, lastRun: LastRun | null): number | null {
  const rests = health.kind === 'healthy' || health.kind === 'failing';
  const began = lastRun?.began ?? lastRun?.ended ?? null;
  const intervalMs = duration(schedule?.interval);
  if (!rests || began === null || intervalMs === null || schedule?.state?.toLowerCase() !== 'active') return null;
  // A run longer than the interval is followed by the next one at once.
  return Math.max(began + intervalMs, lastRun?.ended ?? 0);
}

/** Milliseconds since 1970. Year 1 is .NET's "no date", so any date before 1970 counts as none. */
export function moment(iso: string | null | undefined): number | null {
  const ms = Date.parse(iso ?? '');
  return ms > 0 ? ms : null;
}

/** .NET's longest span, `P10675199DT2H48M5.4775807S`, means "never"; so does any interval longer than this. */
const longestIntervalMs = 366 * 24 * 60 * 60_000;

/** An ISO 8601 duration such as `PT40M`, in milliseconds; null for none, and for one that means "never". */
function duration(iso: string | null | undefined): number | null {
  const ms = Duration.fromISO(iso ?? '').toMillis();
  return ms > 0 && ms <= longestIntervalMs ? ms : null;
}
