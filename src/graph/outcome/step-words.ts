import type { StepStatus, StepType } from '../outcome.ts';

/**
 * A word as the service may spell it, reduced to what identifies it: `RedundantExport`, `redundantExport` and
 * `Redundant export` are the same. The two Graph resources that carry these words differ in case.
 */
export function plainWord(word: string): string {
  return word.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

const byPlainWord = <T extends string>(...words: T[]): ReadonlyMap<string, T> =>
  new Map(words.map((word) => [plainWord(word), word]));

const statuses = byPlainWord('success', 'failure', 'skipped', 'warning');
const stepTypes = byPlainWord('import', 'scoping', 'matching', 'processing', 'referenceResolution', 'export');

/** A result or status word. Null is kept apart from an unknown word: silence is no contradiction, a new word may be. */
export function readStatus(word: string | null): StepStatus | null {
  return word === null ? null : (statuses.get(plainWord(word)) ?? 'unknownFutureValue');
}

/** The type of a provisioning step; one that is missing or new becomes `unknownFutureValue`. */
export function readStepType(word: string | null): StepType {
  return (word === null ? undefined : stepTypes.get(plainWord(word))) ?? 'unknownFutureValue';
}
