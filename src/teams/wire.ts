/*
 * What comes over the wire may be anything, whatever botbuilder's types say of it: an activity is JSON that nobody has
 * checked. These read one step of it without throwing.
 */

/** The text, or none where there is something else. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
