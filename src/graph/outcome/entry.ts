import { z } from 'zod';

import { readable } from '../odata.ts';
import type { Change, Step } from '../outcome.ts';
import { plainWord, readStatus, readStepType } from './step-words.ts';

/**
 * One object's account inside `value`: the border where the service's JSON becomes data of ours. No field is required
 * and no value is refused, as the contents are documented by examples only. What is missing or of another type reads
 * as null.
 */
export type Entry = z.infer<typeof entrySchema>;

/** Numbers and booleans count as text: connectors write `true` and `"True"` alike. */
function asText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

const text = z.unknown().optional().transform(asText);

/** Text where a blank says as little as a missing field, e.g. the target id of an object that was never created. */
const filledText = text.transform((value) => (value?.trim() ? value : null));

const anything = z.looseObject({});

/** An object whose fields may all be missing, and that may itself be missing or be something else. */
const named = z.looseObject({ name: filledText, displayName: filledText, id: filledText });
const nobody = { name: null, displayName: null, id: null };

/** Nested values stay JSON text, as the service itself writes them in `ScopeEvaluationResult`. */
function asDetail(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return asText(value);
  try {
    return JSON.stringify(value);
  } catch {
    // Nested too deeply to be serialized again; it would not be readable either.
    return null;
  }
}

const details = anything.catch({}).transform((record) => {
  const read = Object.entries(record).map(([key, value]) => [key, asDetail(value)] as const);
  return Object.fromEntries(read.filter((pair): pair is [string, string] => pair[1] !== null));
});

const stepSchema = z
  .looseObject({ name: filledText, type: filledText, status: filledText, description: filledText, details })
  .transform(({ name, type, status, description, details }): Step => {
    const read = { type: readStepType(type), status: readStatus(status) ?? ('unknownFutureValue' as const) };
    return { ...read, name: name ?? '', description, details };
  });

const changeSchema = z
  .looseObject({ displayName: filledText.pipe(z.string()), oldValue: text, newValue: text })
  .transform(({ displayName: attribute, oldValue, newValue }): Change => ({ attribute, oldValue, newValue }));

/** A list of which the readable members are kept: one odd step must not hide the others. */
function listOf<T>(member: z.ZodType<T>) {
  return z
    .array(z.unknown())
    .catch([])
    .transform((items) => readable(items, member));
}

const statusInfoSchema = z
  .looseObject({
    status: filledText.transform(readStatus),
    errorCode: filledText,
    reason: filledText,
    recommendedAction: filledText,
  })
  .catch({ status: null, errorCode: null, reason: null, recommendedAction: null });

const entrySchema = z.looseObject({
  action: filledText.transform((action) => (action === null ? null : plainWord(action))),
  changeId: filledText,
  reportableIdentifier: filledText,
  statusInfo: statusInfoSchema,
  // Service order is kept: matching may stand before scoping, and that is how it happened.
  provisioningSteps: listOf(stepSchema),
  modifiedProperties: listOf(changeSchema),
  sourceIdentity: named.catch(nobody),
  targetIdentity: named.catch(nobody),
  sourceSystem: named.catch(nobody),
  targetSystem: named.catch(nobody),
});

/** Reads one element of `value`. What is no object reads as an entry that says nothing, which proves nothing either. */
export function readEntry(element: unknown): Entry {
  const read = entrySchema.safeParse(element);
  return read.success ? read.data : entrySchema.parse({});
}

/** A step's detail by name; the service's spelling of keys varies in case. */
export function detailOf(step: Step, name: string): string | null {
  const wanted = plainWord(name);
  for (const [key, value] of Object.entries(step.details)) {
    if (plainWord(key) === wanted && value.trim() !== '') return value;
  }
  return null;
}
