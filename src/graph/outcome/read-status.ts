/**
 * The verdict on one object. Up to three witnesses speak: `key.result` (shape A only), `statusInfo.status`, and the
 * steps. They are heard from the worst news to the best, and good news needs a witness of its own:
 *
 * 1. any of them says Failure → `failed`
 * 2. an unknown word, and steps that settle nothing → `unknown`
 * 3. any of them says Skipped → `inSync`, `notInScope` or `skipped`, by the reason
 * 4. a Warning → the change that an export step reports as done, with the warning; without such a step, `failed`
 * 5. Success, by word or by an export step → the change
 * 6. silence → `unknown`
 */
import type { Outcome, ServiceWarning, Step } from '../outcome.ts';
import { detailOf, type Entry } from './entry.ts';
import type { Announcement } from './pair.ts';
import { reportOf } from './report.ts';
import { failedScopingChecks, isSkip } from './scoping.ts';
import { plainWord } from './step-words.ts';

export const unreadable: Outcome = { kind: 'unknown', why: 'unreadable' };

/** The verdict on one entry, together with what the pair's `key` announced. */
export function judge(announced: Announcement | null, entry: Entry): Outcome {
  const words = [announced?.result ?? null, entry.statusInfo.status];
  const steps = stepsSay(entry);
  if (words.includes('failure') || steps === 'failure') return failed(announced, entry);
  if (words.includes('unknownFutureValue') && steps === null) return unreadable;
  if (words.includes('skipped') || steps === 'skipped') return passedOver(announced, entry);
  if (words.includes('warning')) return steps === 'success' ? changed(announced, entry) : failed(announced, entry);
  // An error code whose status word is missing: something went wrong there, whatever the other witnesses say.
  if (hasCodeWithoutWord(announced, entry)) return unreadable;
  return words.includes('success') || steps === 'success' ? changed(announced, entry) : unreadable;
}

/** Null when the steps do not settle the matter, e.g. when all that succeeded is an import. */
function stepsSay(entry: Entry): 'failure' | 'success' | 'skipped' | null {
  const steps = entry.provisioningSteps;
  const outOfScope = failedScopingChecks(steps).length > 0;
  // A scoping step that fails with the checks it failed has done its work: the object is out of scope.
  if (steps.some((step) => isFailure(step) && !(step.type === 'scoping' && outOfScope))) return 'failure';
  if (steps.some(isDoneExport)) return 'success';
  if (steps.some(isSkip)) return 'skipped';
  // Having left the scope is why an account gets disabled or deleted, so there it contradicts nothing.
  return outOfScope && !isRemoval(entry.action) ? 'skipped' : null;
}

const isFailure = (step: Step): boolean => step.status === 'failure';

const isExport = (step: Step): boolean => step.type === 'export' || plainWord(step.name).startsWith('entryexport');

// `EntrySynchronizationSkip` is of type export too, and must never pass for one.
export const isDoneExport = (step: Step): boolean => isExport(step) && step.status === 'success' && !isSkip(step);

const isRemoval = (action: string | null): boolean =>
  action === 'disable' || action === 'delete' || action === 'stageddelete';

function hasCodeWithoutWord(announced: Announcement | null, entry: Entry): boolean {
  const { status, errorCode } = entry.statusInfo;
  if (status === null && errorCode !== null) return true;
  return announced !== null && announced.result === null && announced.errorCode !== null;
}

function failed(announced: Announcement | null, entry: Entry): Outcome {
  const told = toldOf(announced, entry, entry.provisioningSteps.find(isFailure));
  return { kind: 'failed', ...told, recommendedAction: entry.statusInfo.recommendedAction, report: reportOf(entry) };
}

function toldOf(announced: Announcement | null, entry: Entry, step: Step | undefined): ServiceWarning {
  const codeInStep = step === undefined ? null : detailOf(step, 'errorCode');
  return {
    code: entry.statusInfo.errorCode ?? announced?.errorCode ?? codeInStep ?? '',
    reason: entry.statusInfo.reason ?? announced?.errorMessage ?? step?.description ?? null,
  };
}

/** Tells the benign skip from the others. Only a reason that is `RedundantExport` and nothing else is `inSync`. */
function passedOver(announced: Announcement | null, entry: Entry): Outcome {
  const skips = entry.provisioningSteps.filter(isSkip);
  const inSteps = skips.map((step) => detailOf(step, 'SkipReason') ?? detailOf(step, 'errorCode'));
  const given = [entry.statusInfo.errorCode, announced?.errorCode ?? null, ...inSteps].filter((code) => code !== null);
  // EntrySynchronizationSkipped means "out of scope or nothing to change": it only repeats that there was a skip.
  const telling = given.filter((code) => plainWord(code) !== 'entrysynchronizationskipped');
  const report = reportOf(entry);
  if (telling.length > 0 && telling.every((code) => plainWord(code) === 'redundantexport')) {
    return { kind: 'inSync', report, ...warningOf(announced, entry) };
  }
  const failedChecks = failedScopingChecks(entry.provisioningSteps, [
    entry.statusInfo.reason,
    announced?.errorMessage ?? null,
  ]);
  if (failedChecks.length > 0 || telling.some(meansOutOfScope)) return { kind: 'notInScope', failedChecks, report };
  return {
    kind: 'skipped',
    code: telling[0] ?? given[0] ?? '',
    property: skips.map((step) => detailOf(step, 'PropertyName')).find((name) => name !== null) ?? null,
    reason:
      entry.statusInfo.reason ??
      announced?.errorMessage ??
      skips.map((step) => step.description).find((description) => description !== null) ??
      null,
    report,
  };
}

export function meansOutOfScope(code: string): boolean {
  const word = plainWord(code);
  return word === 'noteffectivelyentitled' || word.endsWith('notinscope');
}

type ChangeKind = 'created' | 'updated' | 'disabled' | 'deleted' | 'otherChange';

const kindByAction: ReadonlyMap<string, ChangeKind> = new Map([
  ['create', 'created'],
  ['update', 'updated'],
  ['disable', 'disabled'],
  ['delete', 'deleted'],
  ['stageddelete', 'deleted'],
]);

/** In the order of what matters most: members are added to a group by an update that follows its creation. */
const kindByExport: readonly (readonly [string, ChangeKind])[] = [
  ['entryexportadd', 'created'],
  ['entryexportupdatesoftdelete', 'disabled'],
  ['entryexportdelete', 'deleted'],
  ['entryexportstageddelete', 'deleted'],
];

function changed(announced: Announcement | null, entry: Entry): Outcome {
  return { kind: kindOfChange(entry), report: reportOf(entry), ...warningOf(announced, entry) };
}

/** A warning of any of the witnesses, with what is told of it. */
function warningOf(announced: Announcement | null, entry: Entry): { warning?: ServiceWarning } {
  const step = entry.provisioningSteps.find(({ status }) => status === 'warning');
  const isWarned = announced?.result === 'warning' || entry.statusInfo.status === 'warning' || step !== undefined;
  return isWarned ? { warning: toldOf(announced, entry, step) } : {};
}

function kindOfChange(entry: Entry): ChangeKind {
  const done = entry.provisioningSteps.filter(isDoneExport);
  // Where the service's word alone says Success, an export step with a warning still names the change.
  const exports = (done.length > 0 ? done : entry.provisioningSteps.filter(isExport)).map(({ name }) =>
    plainWord(name),
  );
  for (const [name, kind] of kindByExport) {
    if (exports.includes(name)) return kind;
  }
  const byAction = kindByAction.get(entry.action ?? '') ?? 'otherChange';
  // An account is disabled by an update of its record, so an update says less than an action of removal.
  return exports.includes('entryexportupdate') && !isRemoval(entry.action) ? 'updated' : byAction;
}
