/**
 * What a person can say, as data. The grammar parses text into these; `chat/commands/` runs them. A new command is a
 * member here, a rule in the grammar and a file in `commands/`; the compiler finds the rest.
 */
export type Command =
  | { readonly verb: 'provision'; readonly subject: string; readonly app: string; readonly term?: Term }
  /** `subjects` as typed, in order, including duplicates. */
  | {
      readonly verb: 'provisionList';
      readonly subjects: readonly string[];
      readonly app: string;
      readonly term?: Term;
    }
  /** `members` null: the group's direct users. */
  | {
      readonly verb: 'provisionGroup';
      readonly group: string;
      readonly members: readonly string[] | null;
      readonly app: string;
      readonly term?: Term;
    }
  /** `requestId` as printed on the card. */
  | { readonly verb: 'retry' | 'cancel'; readonly requestId: string }
  /** `start`, `end` (a day or a length) and `reason` as typed, without their lead-in words. */
  | {
      readonly verb: 'requestAccess';
      readonly subject: string;
      readonly app: string;
      readonly start: string | null;
      readonly end: string | null;
      readonly reason: string | null;
    }
  /** `request` alone opens the form. */
  | { readonly verb: 'accessForm' }
  | { readonly verb: 'approve'; readonly requestId: string }
  | { readonly verb: 'deny'; readonly requestId: string; readonly reason: string | null }
  /** Lists what waits for the caller's decision; pages count from 1. */
  | { readonly verb: 'pending'; readonly page: number }
  /** Shows a request's card again. */
  | { readonly verb: 'show'; readonly requestId: string }
  | { readonly verb: 'sendApprovalsHere' }
  | { readonly verb: 'stopSendingApprovals' }
  /** Lists all approval channels. */
  | { readonly verb: 'approvalPlaces' }
  /** `ref` as printed in the list. */
  | { readonly verb: 'removeApprovalPlace' | 'removeWatch'; readonly ref: string }
  /** Cancels one person's waiting requests; asks first, unless `sure`. */
  | { readonly verb: 'cancelAllBy'; readonly person: string; readonly sure: boolean }
  /** The synchronization state of one app, or of all. */
  | { readonly verb: 'status'; readonly app: string | null }
  /** Is it the sync or is it the user? In one app, or in all. Only reads. */
  | { readonly verb: 'check'; readonly subject: string; readonly app: string | null }
  /** Lists running and waiting tasks. */
  | { readonly verb: 'queue' }
  /** `about`: a person or an app, as typed; `since` as typed, without its lead-in. Pages count from 1. */
  | { readonly verb: 'history'; readonly about: string | null; readonly since: string | null; readonly page: number }
  /** Lists the caller's own requests. */
  | { readonly verb: 'requests'; readonly page: number }
  | { readonly verb: 'exportHistory'; readonly about: string | null; readonly since: string | null }
  | { readonly verb: 'watch' | 'unwatch'; readonly app: string }
  /** Lists the watches of this conversation. */
  | { readonly verb: 'watches' }
  /** Lists the watches of all conversations. */
  | { readonly verb: 'allWatches' }
  | { readonly verb: 'apps'; readonly search: string | null }
  | { readonly verb: 'whoami' }
  | { readonly verb: 'help'; readonly topic: string | null };

/** The time of a provisioning line, and its reason if it has one; as typed. */
export interface Term {
  readonly start: string | null;
  /** A day or a length. */
  readonly end: string | null;
  readonly reason: string | null;
}

export type Verb = Command['verb'];

/** The result of parsing a message. Every message yields one of these; parsing never throws. */
export type Parsed =
  | { readonly kind: 'command'; readonly command: Command }
  /** Nearly a command: `suggestion` is the whole corrected line, ready to be sent. */
  | { readonly kind: 'didYouMean'; readonly suggestion: string }
  /** The verb is clear, a part is missing. `said`: the words that may hold it, where they could not be separated. */
  | {
      readonly kind: 'incomplete';
      readonly verb: Verb;
      readonly missing: 'subject' | 'app';
      readonly said: readonly string[];
    }
  | { readonly kind: 'empty' }
  | { readonly kind: 'tooLong'; readonly length: number; readonly limit: number }
  | { readonly kind: 'tooManyWords'; readonly count: number; readonly limit: number }
  | { readonly kind: 'unclear' };
