import type { StepStatus, StepType } from '../outcome.ts';

/**
 * A word as the service may spell it, reduced to what identifies it: `RedundantExport`, `redundantExport` and
 * `Redundant export` are the same. The two Graph resources that carry these words differ in case.
 */
export function plainWord(word: string): string {
  return word.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

const statuses: ReadonlyMap<string, StepStatus> = new Map([
  ['success', 'success'],
  ['failure', 'failure'],
  ['skipped', 'skipped'],
  ['warning', 'warning'],
]);

const stepTypes: ReadonlyMap<string, StepType> = new Map([
  ['import', 'import'],
  ['scoping', 'scoping'],
  ['matching', 'matching'],
  ['processing', 'processing'],
  ['referenceresolution', 'referenceResolution'],
  ['export', 'export'],
]);

/** A result or status word. Null is kept apart from an unknown word: silence is no contradiction, a new word may be. */
export function readStatus(word: string | null): StepStatus | null {
  return word === null ? null : (statuses.get(plainWord(word)) ?? 'unknownFutureValue');
}

/** The type of a provisioning step; one that is missing or new becomes `unknownFutureValue`. */
export function readStepType(word: string | null): StepType {
  return (word === null ? undefined : stepTypes.get(plainWord(word))) ?? 'unknownFutureValue';
}
