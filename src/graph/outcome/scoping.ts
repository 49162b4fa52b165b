import { z } from 'zod';
import { parsed } from '../../masking/cut-outcome.ts';
import type { ScopingCheck, Step } from '../outcome.ts';
import { detailOf } from './entry.ts';
import { plainWord } from './step-words.ts';

/** Most telling first: a disabled account explains a missing assignment, and not the other way round. */
const mostTellingFirst: readonly ScopingCheck[] = ['active', 'assigned', 'entitled', 'scopingFilter'];

/** The documented spellings: the API reference, the newer connectors, and the portal's view of a skip. */
const spellings: ReadonlyMap<string, ScopingCheck> = new Map([
  ['isactive', 'active'],
  ['activeinthesourcesystem', 'active'],
  ['assigned', 'assigned'],
  ['assignedtotheapplication', 'assigned'],
  ['assignedtoapplication', 'assigned'],
  ['iseffectivelyentitledforprovisioning', 'entitled'],
  ['userhastherequiredrole', 'entitled'],
  ['grouphastherequiredrole', 'entitled'],
  ['isinprovisioningscopedisplayname', 'scopingFilter'],
  ['isinprovisioningscope', 'scopingFilter'],
  ['scopingfilterevaluationpassed', 'scopingFilter'],
]);

/** The service's verbatim causes. The number in front is part of the match, as names of people stand in this text. */
const causes: readonly (readonly [RegExp, ScopingCheck])[] = [
  [/\d\)\s*This object is not assigned to the application/i, 'assigned'],
  [/\d\)\s*This object does not have (?:the )?required entitlement/i, 'entitled'],
  [/\d\)\s*This object did not pass a scoping filter/i, 'scopingFilter'],
];

/** Whether a step says that the object was passed over. */
export function isSkip(step: Step): boolean {
  if (plainWord(step.name) === 'entrysynchronizationskip' || detailOf(step, 'SkipReason') !== null) return true;
  // References are resolved after the object itself, so skipping them does not skip the object.
  return step.status === 'skipped' && step.type !== 'referenceResolution';
}

/**
 * The scoping conditions that the object failed, most telling first; empty when none did or the service keeps silent.
 * Only scoping and skip steps are looked at: an import step's details are the object's own attributes, and an
 * attribute may well be called `IsActive`.
 *
 * @param texts further sentences of the service that may number the causes, e.g. `statusInfo.reason`
 */
export function failedScopingChecks(
  steps: readonly Step[],
  texts: readonly (string | null)[] = [],
): readonly ScopingCheck[] {
  const failed = new Set<ScopingCheck>(texts.flatMap(causesIn));
  for (const step of steps) {
    if (step.type !== 'scoping' && !isSkip(step)) continue;
    for (const check of [...failuresIn(step.details), ...causesIn(step.description)]) failed.add(check);
  }
  return mostTellingFirst.filter((check) => failed.has(check));
}

/** What the service says of one condition, in scoping and skip steps; null where it says nothing. A "no" outweighs. */
export function saidOf(steps: readonly Step[], check: ScopingCheck): boolean | null {
  if (failedScopingChecks(steps).includes(check)) return false;
  const isMet = steps.some(
    (step) =>
      (step.type === 'scoping' || isSkip(step)) &&
      Object.entries(step.details).some(
        ([key, value]) => spellings.get(plainWord(key)) === check && plainWord(value) === 'true',
      ),
  );
  return isMet ? true : null;
}

/**
 * The clauses of the scoping filters as the service has evaluated them: `ScopeEvaluationResult` is JSON of booleans by
 * `{filter title}.{attribute} {OPERATOR} '{value}'`. None where it is missing or has another form.
 */
export function scopeClauses(steps: readonly Step[]): readonly { readonly clause: string; readonly isMet: boolean }[] {
  return steps.flatMap((step) => {
    const read = clausesSchema.safeParse(
      step.type === 'scoping' ? parsed(detailOf(step, 'ScopeEvaluationResult') ?? '') : null,
    );
    return read.success ? Object.entries(read.data).map(([clause, isMet]) => ({ clause, isMet })) : [];
  });
}

const clausesSchema = z.record(z.string(), z.boolean());

function failuresIn(details: Step['details']): readonly ScopingCheck[] {
  return Object.entries(details).flatMap(([key, value]) => {
    const check = spellings.get(plainWord(key));
    return check !== undefined && plainWord(value) === 'false' ? [check] : [];
  });
}

function causesIn(text: string | null): readonly ScopingCheck[] {
  if (text === null) return [];
  return causes.filter(([pattern]) => pattern.test(text)).map(([, check]) => check);
}
