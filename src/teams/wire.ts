/*
 * Anything may come over the wire, whatever botbuilder's types say: an activity is unchecked JSON. These read one level
 * of it without throwing.
 */

/** The text, or an empty one for any other value. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** The HTTP status of an error of botbuilder's clients; null where no answer came. */
export function statusOf(error: unknown): number | null {
  const { statusCode } = fieldsOf(error);
  return typeof statusCode === 'number' ? statusCode : null;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
