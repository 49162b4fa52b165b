import type { Command, Parsed } from '../command.ts';
import { fold, type Word } from './tokens.ts';

/** The result of a rule for the words after its spelling. */
export type Reading<C extends Command = Command> =
  | { readonly kind: 'command'; readonly command: C }
  /** A guess, e.g. with the two parts in the other order: it is only offered. */
  | { readonly kind: 'nearly'; readonly command: C }
  | Extract<Parsed, { kind: 'incomplete' }>;

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

/**
 * The rule of a command that is a whole line. With up to `most` more words it is only offered, with more it is another
 * line; `unquoted`: so it is with a quoted name.
 */
export function wholeLine<C extends Command>(
  command: C,
  line: string,
  most: number,
  quotes: 'quoted' | 'unquoted' = 'quoted',
): Rule<C> {
  return {
    read(words) {
      const isOther = words.length > most || (quotes === 'unquoted' && words.some((word) => fold(word) === ''));
      return isOther ? null : { kind: words.length === 0 ? 'command' : 'nearly', command };
    },
    write: () => line,
  };
}
