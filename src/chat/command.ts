/**
 * What a person can say, as data. The grammar makes these out of text; `chat/commands/` runs them. A further command
 * is a member here, a rule in the grammar and a file in `commands/`; the compiler finds the rest.
 */
export type Command =
  | { readonly verb: 'provision'; readonly subject: string; readonly app: string; readonly term?: Term }
  /** `subjects` as they were typed, one each, duplicates and all. */
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
  /** `start`, `end` (a day or a length) and `reason` as they were typed, without the words that lead them in. */
  | {
      readonly verb: 'requestAccess';
      readonly subject: string;
      readonly app: string;
      readonly start: string | null;
      readonly end: string | null;
      readonly reason: string | null;
    }
  /** `request` alone: the form. */
  | { readonly verb: 'accessForm' }
  | { readonly verb: 'approve'; readonly requestId: string }
  | { readonly verb: 'deny'; readonly requestId: string; readonly reason: string | null }
  /** What waits for the caller's decision; pages count from 1. */
  | { readonly verb: 'pending'; readonly page: number }
  /** The card of a request, once more. */
  | { readonly verb: 'show'; readonly requestId: string }
  | { readonly verb: 'sendApprovalsHere' }
  | { readonly verb: 'stopSendingApprovals' }
  /** All places that get approvals. */
  | { readonly verb: 'approvalPlaces' }
  /** `ref` as printed in their list. */
  | { readonly verb: 'removeApprovalPlace' | 'removeWatch'; readonly ref: string }
  /** What waits of one person; it asks first, unless `sure`. */
  | { readonly verb: 'cancelAllBy'; readonly person: string; readonly sure: boolean }
  /** How synchronization stands: of one app, or of all. */
  | { readonly verb: 'status'; readonly app: string | null }
  /** Is it the sync or is it the user? In one app, or in all. Reads only. */
  | { readonly verb: 'check'; readonly subject: string; readonly app: string | null }
  /** What runs and waits. */
  | { readonly verb: 'queue' }
  /** `about`: a person or an app, as typed; `since` as typed, without its lead-in. Pages count from 1. */
  | { readonly verb: 'history'; readonly about: string | null; readonly since: string | null; readonly page: number }
  /** The caller's own. */
  | { readonly verb: 'requests'; readonly page: number }
  | { readonly verb: 'exportHistory'; readonly about: string | null; readonly since: string | null }
  | { readonly verb: 'watch' | 'unwatch'; readonly app: string }
  /** What is watched in this conversation. */
  | { readonly verb: 'watches' }
  /** What is watched in all conversations. */
  | { readonly verb: 'allWatches' }
  | { readonly verb: 'apps'; readonly search: string | null }
  | { readonly verb: 'whoami' }
  | { readonly verb: 'help'; readonly topic: string | null };

/** What a line about provisioning says of the time, and why where it says so as well; as it was typed. */
export interface Term {
  readonly start: string | null;
  /** A day or a length. */
  readonly end: string | null;
  readonly reason: string | null;
}

export type Verb = Command['verb'];

/** What the grammar makes of a message. Every message becomes one of these; none throws. */
export type Parsed =
  | { readonly kind: 'command'; readonly command: Command }
  /** Nearly a command: `suggestion` is the whole line put right, ready to be said again. */
  | { readonly kind: 'didYouMean'; readonly suggestion: string }
  /** The verb is clear, a part is missing. `said`: the words that might hold it, where they could not be parted. */
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
