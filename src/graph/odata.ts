import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { maskLabel, maskText } from '../masking/mask-text.ts';

/** Makes a path of segments, each encoded: ids are opaque, and some carry `#`, `/`, `,` or `=`. */
export function graphPath(...segments: readonly string[]): string {
  // An unpaired surrogate, which a person can send, would throw.
  return segments.map((segment) => `/${encodeURIComponent(segment.toWellFormed())}`).join('');
}

/**
 * The path of one user, by id or principal name. Graph reads a key that begins with `$` as a query option and refuses
 * it, except in quotes. https://learn.microsoft.com/graph/api/user-get
 */
export function userPath(idOrName: string): string {
  if (!idOrName.startsWith('$')) return graphPath('users', idOrName);
  return `/users(${encodeURIComponent(filterText(idOrName.toWellFormed()))})`;
}

/** A string in an OData `$filter`: in single quotes, with those inside doubled. */
export function filterText(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/**
 * One term of a `$search`, e.g. `"displayName:lee"`. Quotes and backslashes are escaped, so that typed text stays one
 * term and cannot add another. https://learn.microsoft.com/graph/search-query-parameter
 */
export function searchTerm(property: string, value: string): string {
  return `"${property}:${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** A field that may be missing, or of another type than documented: then it is null. */
export const orNull = <T extends z.ZodType>(schema: T) => schema.nullable().default(null).catch(null);
export const nullableText = orNull(z.string());

const errorSchema = z.object({ error: z.object({ code: z.string().catch(''), message: z.string().catch('') }) });

/**
 * The code and message of an OData error body, without secrets and personal data; empty strings when the body has
 * another shape.
 */
export function readODataError(body: unknown): { code: string; message: string } {
  const parsed = errorSchema.safeParse(body);
  if (!parsed.success) return { code: '', message: '' };
  const { code, message } = parsed.data.error;
  return { code: maskLabel(code), message: maskText(message) };
}

/** `Retry-After`, which is seconds or a date, in milliseconds from now; null when missing or invalid. */
export function retryAfterMs(value: string | null, clock: Clock): number | null {
  if (value === null) return null;
  if (/^\d+$/.test(value.trim())) return Number(value) * 1000;
  // A date names its month; `Date.parse` would accept `-1` and `1.5` as well.
  const date = /[a-z]{3}/i.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - clock.now());
}

/** A page of a collection. The caller, who knows the elements, checks each of them. */
export const pageSchema = z.object({ value: z.array(z.unknown()), '@odata.nextLink': z.string().optional() });

/** The elements of this shape: one unreadable object must not hide the rest. */
export function readable<T>(elements: readonly unknown[], schema: z.ZodType<T>): T[] {
  return elements.flatMap((element) => {
    const read = schema.safeParse(element);
    return read.success ? [read.data] : [];
  });
}
