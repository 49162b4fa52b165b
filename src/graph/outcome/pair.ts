import { z } from 'zod';

import { type Entry, readEntry } from './entry.ts';
import { readStatus } from './step-words.ts';

/**
 * provisionOnDemand answers with a `stringKeyStringValuePair`: two strings that hold JSON of their own, in one of two
 * shapes.
 *
 * - Shape A, the API reference: `key` is `{"result","details"}`, and `value` one object, which may be empty.
 * - Shape B, the cross-tenant tutorial: `key` is the name of a .NET type, which says nothing, and `value` a list.
 *
 * Which connector answers in which shape is not documented, so `key` and `value` are read each for itself.
 * https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-provisionondemand
 */
export interface Pair {
  /** The verdict that `key` carries; null in shape B. */
  readonly announced: Announcement | null;
  /** What `value` tells, one entry per object; empty when it tells nothing. */
  readonly entries: readonly Entry[];
  /** One of the two cannot be read. What the other says of failure stands; its good news may be contradicted there. */
  readonly damaged?: true;
}

const pairSchema = z.looseObject({ key: z.unknown().optional(), value: z.unknown().optional() });

const filled = z.string().trim().min(1).nullable().catch(null);

const announcementSchema = z
  .looseObject({
    result: filled,
    details: z.looseObject({ errorCode: filled, errorMessage: filled }).catch({ errorCode: null, errorMessage: null }),
  })
  .transform(({ result, details: { errorCode, errorMessage } }) => {
    return { result: readStatus(result), errorCode, errorMessage };
  });

/** Shape A's `key`. */
export type Announcement = Readonly<z.infer<typeof announcementSchema>>;

/** Decodes the body of a 2xx answer. Null when it is no such pair, or when nothing but damage is in it. */
export function readPair(body: unknown): Pair | null {
  const pair = pairSchema.safeParse(body);
  if (!pair.success) return null;
  const key = textOf(pair.data.key);
  const value = textOf(pair.data.value);
  const announced = key === null ? 'damaged' : readKey(key);
  const entries = value === null ? 'damaged' : readValue(value);
  if (announced !== 'damaged' && entries !== 'damaged') return { announced, entries };
  const readable = {
    announced: announced === 'damaged' ? null : announced,
    entries: entries === 'damaged' ? [] : entries,
  };
  return readable.announced === null && readable.entries.length === 0 ? null : { ...readable, damaged: true };
}

/** Null for what is no text; what is missing reads as none. */
function textOf(part: unknown): string | null {
  if (part === undefined || part === null) return '';
  return typeof part === 'string' ? part : null;
}

function readKey(key: string): Announcement | null | 'damaged' {
  const parsed = parseJson(key);
  const announcement = announcementSchema.safeParse(parsed);
  if (announcement.success) return announcement.data;
  // A key that sets out to be a verdict and breaks off may have said Failure.
  return parsed === undefined && key.trimStart().startsWith('{') ? 'damaged' : null;
}

function readValue(value: string): readonly Entry[] | 'damaged' {
  if (value.trim() === '') return [];
  const parsed = parseJson(value);
  if (parsed === null) return [];
  if (typeof parsed !== 'object') return 'damaged';
  if (Array.isArray(parsed)) return parsed.map(readEntry);
  return Object.keys(parsed).length === 0 ? [] : [readEntry(parsed)];
}

/** Undefined, which JSON cannot say, stands for text that is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
