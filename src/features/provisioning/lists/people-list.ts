/** The most people that one message or file may name. Several times as many would keep a whole tenant waiting. */
export const mostPeople = 500;

/**
 * The list with each entry once, as first written, trimmed. `duplicates` holds the repetitions as written there; case
 * makes no difference. Blank entries count as neither.
 */
export function foldDuplicates(entries: readonly string[]): { entries: string[]; duplicates: string[] } {
  const known = new Set<string>();
  const folded: { entries: string[]; duplicates: string[] } = { entries: [], duplicates: [] };
  for (const entry of entries) {
    const text = entry.trim();
    if (text === '') continue;
    const key = text.normalize('NFC').toLowerCase();
    (known.has(key) ? folded.duplicates : folded.entries).push(text);
    known.add(key);
  }
  return folded;
}
