import { readEntries } from './entries.ts';
import { quoteName } from './names.ts';
import { splitWords } from './tokens.ts';

/** The names in a text, as in a list; the whole where it says something else about one of them: "isaiah, not adele". */
export function namesInList(text: string): readonly string[] {
  const entries = readEntries(splitWords(text));
  return entries.some(({ isDoubtful }) => isDoubtful) ? [text] : entries.map((entry) => entry.text);
}

/** The names as one text, of which `namesInList` reads the same names: "Vance, Adele" is put in quotes beside others. */
export function listOfNames(names: readonly string[]): string {
  const [only, second] = names;
  if (only !== undefined && second === undefined) return only;
  return names.map((name) => (isOne(name) ? name : quoteName(name))).join(', ');
}

function isOne(name: string): boolean {
  const [only, second] = readEntries(splitWords(name));
  return second === undefined && only?.text === name && !only.isDoubtful;
}
