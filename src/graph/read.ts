import type { z } from 'zod';
import { type Fetched, fetched, type GraphAnswer, type GraphTrouble, troubled } from './answer.ts';
import type { GraphCall, GraphClient } from './client.ts';
import { pageSchema, readable } from './odata.ts';

/** Reads one object and checks its shape. */
export async function readOne<T>(graph: GraphClient, call: GraphCall, schema: z.ZodType<T>): Promise<Fetched<T>> {
  return checked(await graph.read(call), schema);
}

/** Like `readOne`, where Graph's 404 is an answer and not trouble. */
export async function readIfThere<T>(
  graph: GraphClient,
  call: GraphCall,
  schema: z.ZodType<T>,
): Promise<Fetched<T | null>> {
  const answer = await graph.read(call);
  return answer.kind !== 'ok' && isAbsence(answer) ? fetched(null) : checked(answer, schema);
}

/** Whether Graph's refusal means that no object has this id. */
export function isAbsence(trouble: GraphTrouble): boolean {
  // A key that cannot be valid, such as a malformed principal name, is answered 400 and means no object either.
  return trouble.kind === 'refused' && (trouble.status === 404 || trouble.code === 'Request_BadRequest');
}

/** A collection read to its end, or to `mostPages`. */
export interface Listing<T> {
  readonly items: readonly T[];
  /** False when there are more pages than were read. */
  readonly complete: boolean;
}

/**
 * Reads a collection page by page. An element of another shape is left out.
 *
 * @param mostPages how many pages to follow at most; `complete` tells whether that was all.
 */
export async function readAll<T>(
  graph: GraphClient,
  call: GraphCall,
  schema: z.ZodType<T>,
  mostPages = 1,
): Promise<Fetched<Listing<T>>> {
  const items: T[] = [];
  let next: GraphCall | null = call;
  for (let page = 0; next !== null; page += 1) {
    if (page === mostPages) return fetched({ items, complete: false });
    const read: Fetched<z.infer<typeof pageSchema>> = checked(await graph.read(next), pageSchema);
    if (!read.ok) return read;
    items.push(...readable(read.value.value, schema));
    const link: string | undefined = read.value['@odata.nextLink'];
    // The link brings its own query; signal, time limit and headers stay those of the call.
    next = link === undefined ? null : { ...call, path: link };
  }
  return fetched({ items, complete: true });
}

/**
 * Like `readAll`, for decisions that need the whole: a collection that does not end within `mostPages` counts as one
 * that could not be read.
 */
export async function readWhole<T>(
  graph: GraphClient,
  call: GraphCall,
  schema: z.ZodType<T>,
  mostPages: number,
): Promise<Fetched<readonly T[]>> {
  const listing = await readAll(graph, call, schema, mostPages);
  if (!listing.ok) return listing;
  if (listing.value.complete) return fetched(listing.value.items);
  return troubled({ kind: 'unreadable', status: 200, trace: { clientRequestId: '', requestId: null, date: null } });
}

/** An answer's content, where it has this shape. */
export function checked<T>(answer: GraphAnswer, schema: z.ZodType<T>): Fetched<T> {
  if (answer.kind !== 'ok') return troubled(answer);
  const parsed = schema.safeParse(answer.body);
  if (parsed.success) return fetched(parsed.data);
  return troubled({ kind: 'unreadable', status: answer.status, trace: answer.trace });
}
