/**
 * What a person can say, as data. The grammar parses text into these; the features run them. Each declaration of a
 * command (`chat/registry/define-command.ts`) adds the parts of its command here, beside it:
 *
 *     declare module '../../chat/command.ts' {
 *       interface Commands {
 *         watch: { readonly app: string };
 *       }
 *     }
 */
export interface Commands {
  /** The chat itself offers this one wherever a line is not understood. */
  help: { readonly topic: string | null };
}

export type Verb = keyof Commands;

export type Command = { readonly [V in Verb]: { readonly verb: V } & Commands[V] }[Verb];

/** The command of one verb. */
export type CommandOf<V extends Verb> = Extract<Command, { readonly verb: V }>;

/** The time of a provisioning line, and its reason if it has one; as typed. */
export interface Term {
  readonly start: string | null;
  /** A day or a length. */
  readonly end: string | null;
  readonly reason: string | null;
}

/** A ticket number, in capitals: what every request may state. */
export interface Ticketed {
  readonly ticket?: string;
}

/** The result of parsing a message. Every message yields one of these; parsing never throws. */
export type Parsed =
  | { readonly kind: 'command'; readonly command: Command }
  /** Nearly a command: `suggestion` is the whole corrected line, ready to be sent. */
  | { readonly kind: 'didYouMean'; readonly suggestion: string }
  /** A whole command that names more than one ticket: which one belongs to it is open. */
  | { readonly kind: 'severalTickets'; readonly command: Command; readonly tickets: readonly string[] }
  /** The verb is clear, a part is missing. `said`: the words that may hold it, where they could not be separated. */
  | {
      readonly kind: 'incomplete';
      readonly verb: Verb;
      readonly missing: 'subject' | 'app' | 'id';
      readonly said: readonly string[];
      /** The ticket number that the line names; it is not among the words. */
      readonly ticket?: string;
      /** The day or the length that the line names; it is not among the words. */
      readonly end?: string;
    }
  | { readonly kind: 'empty' }
  | { readonly kind: 'tooLong'; readonly length: number; readonly limit: number }
  | { readonly kind: 'tooManyWords'; readonly count: number; readonly limit: number }
  | { readonly kind: 'unclear' };
