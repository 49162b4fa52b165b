import type { Command, Parsed } from '../command.ts';
import type { Word } from './tokens.ts';

/** The result of a rule for the words after its spelling. */
export type Reading<C extends Command = Command> =
  | { readonly kind: 'command'; readonly command: C }
  /** A guess, e.g. with the two parts in the other order: it is only offered. */
  | { readonly kind: 'nearly'; readonly command: C }
  | Incomplete;

export type Incomplete = Extract<Parsed, { kind: 'incomplete' }>;

export function incomplete(
  verb: Incomplete['verb'],
  missing: Incomplete['missing'],
  said: readonly Word[] = [],
): Incomplete {
  return { kind: 'incomplete', verb, missing, said: said.map((word) => word.text) };
}

/** A whole command as a guess; null for half a command, which probably meant something else. */
export function offered(reading: Reading | null): Reading | null {
  return reading === null || reading.kind === 'incomplete' ? null : { ...reading, kind: 'nearly' };
}

/** How one command is read and written. Its phrases are data, beside the messages. */
export interface Rule<C extends Command> {
  /**
   * "How is …", "Is … healthy?": questions with this meaning, each with its own words after it; if those do not fit, it
   * was no such question. `Phrases.questions` has their phrases under the same names.
   */
  readonly questions?: Readonly<Record<string, (words: readonly Word[]) => Reading | null>>;
  /**
   * Null when the words are not this command after all; then the next best rule is tried. A rule may return a related
   * command, as "provision" differs from "provision users" by the number of addresses.
   */
  read(words: readonly Word[]): Reading | null;
  /** Parses the words after a loose spelling, where that differs from `read`. */
  readLoose?(words: readonly Word[]): Reading | null;
  /** The canonical line; parsing it gives the command back. */
  write(command: C): string;
}
