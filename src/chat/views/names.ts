import { short } from './parts.ts';

/** Longest reason that a card or a text shows, in UTF-16 code units: as much as its inputs take. */
export const LONGEST_REASON = 500;

/** A nonempty name for sentences, whatever the directory leaves out. */
export function personName({ name }: { readonly name: string }): string {
  const shown = short(name);
  return shown === '' ? '—' : shown;
}
