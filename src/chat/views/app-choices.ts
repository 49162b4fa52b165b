import { namesIn } from '../names/seek-apps.ts';
import { short } from './parts.ts';

/** An app of a form, or a kit. */
export interface AppChoice {
  readonly id: string;
  /** What a line calls it. */
  readonly name: string;
  /** Of a kit, with its apps; an app's is its name. */
  readonly title?: string;
}

/** The choices that a text names, chosen on a card or typed; null where one of its names is none of them. */
export function chosenIn(choices: readonly AppChoice[], text: string): readonly AppChoice[] | null {
  if (text === '') return [];
  const find = (name: string) => choices.find((choice) => isNamed(choice, name));
  const whole = find(text);
  if (whole !== undefined) return [whole];
  // A client joins what was chosen with bare commas, and no value holds one.
  const read = namesIn(text, (name) => find(name) !== undefined);
  for (const names of text.includes(', ') ? [read] : [text.split(','), read]) {
    const chosen = names.flatMap((name) => find(name) ?? []);
    if (chosen.length === names.length) return [...new Set(chosen)];
  }
  return null;
}

/**
 * Some clients show the value instead of the title for a previous choice, so it is the name, unless that is cut. A comma
 * would divide it into two.
 */
export const choiceValue = ({ id, name }: AppChoice): string =>
  short(name) === name && !name.includes(',') ? name : id;

/** Whether a text, chosen on a card or typed, is this choice. */
export function isNamed(choice: AppChoice, text: string): boolean {
  return [choice.id, choice.name, choiceValue(choice)].some((known) => sameText(known, text));
}

/** Whether two texts are the same name. */
export function sameText(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}
