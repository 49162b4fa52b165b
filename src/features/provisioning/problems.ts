import type { Messages, MessageValues } from '../../chat/messages.ts';
import { sayWith } from '../../chat/registry/turn.ts';
import { personName, type SayButton, short } from '../../chat/views/parts.ts';
import { problem as commonProblem, problemsWith, runs } from '../../chat/views/problem.ts';
import { type ProblemKeys, problemKeys, valuesIn } from '../../chat/views/problem-keys.ts';

/** What keeps Usher from running a list, a group or a file, or from acting on a stored request. */
export type ListProblem =
  | { readonly kind: 'emptyGroup'; readonly group: string }
  /** `count`: its direct members; null when Graph does not tell. */
  | { readonly kind: 'groupTooLarge'; readonly group: string; readonly count: number | null; readonly limit: number }
  | { readonly kind: 'tooManyPeople'; readonly count: number; readonly limit: number }
  /** `count`: one for each person and app. */
  | { readonly kind: 'tooManyCalls'; readonly count: number; readonly limit: number }
  /** The number of calls already sent, which cannot be cancelled. */
  | { readonly kind: 'alreadySent'; readonly sent: number }
  | {
      readonly kind: 'requestNotSeen' | 'notShownHere' | 'stillHeld' | 'stillRuns' | 'wasCancelled' | 'nothingToRetry';
      readonly id: string;
    }
  /** A success rather than a problem: a typed id gets this answer, as the card may be far away. */
  | { readonly kind: 'retried' | 'cancelledNow'; readonly id: string; readonly count: number }
  /** `date` in words, as `Messages.day` gives it. */
  | { readonly kind: 'startTooFar'; readonly date: string }
  /** `instead`: what happens with a line without a start. */
  | { readonly kind: 'pastStart'; readonly date: string; readonly instead: 'approved' | 'now' }
  | { readonly kind: 'unclearStart'; readonly typed: string; readonly instead: 'approved' | 'now' }
  /** Of one person: the number of waiting calls, and of waiting access requests. */
  | {
      readonly kind: 'nothingWaitsOf' | 'cancelAllAsks' | 'cancelledAll';
      readonly person: string;
      readonly tasks: number;
      readonly requests: number;
    }
  /** A confirmation without the ticket number that it has to give; `typed` is `none` for nothing. */
  | { readonly kind: 'ticketNotGiven'; readonly typed: string; readonly app: string; readonly example: string }
  | { readonly kind: 'noManager'; readonly person: string }
  | { readonly kind: 'managerTold' | 'managerKnows'; readonly person: string; readonly manager: string }
  /** `text`: what the manager would have read. */
  | {
      readonly kind: 'managerNotReached';
      readonly person: string;
      readonly manager: string;
      readonly text: string;
    }
  /** Its people come from another source, where Usher assigns nothing. */
  | { readonly kind: 'endNeedsEntra'; readonly app: string }
  /** In megabytes. */
  | { readonly kind: 'fileTooLarge'; readonly limit: number }
  /** The columns found in the file. */
  | { readonly kind: 'fileNoColumn'; readonly columns: readonly string[] }
  | { readonly kind: 'fileTooManyRows'; readonly rows: number; readonly limit: number }
  | {
      readonly kind:
        | 'emptyList'
        | 'listExpired'
        | 'askOneByOne'
        | 'nothingToCancel'
        | 'incompleteGroup'
        | 'fileUnreadable'
        | 'fileNotFromTenant'
        | 'endOfGroup'
        | 'assignsNothing';
    };

const KEYS: Readonly<Record<ListProblem['kind'], ProblemKeys>> = problemKeys({
  emptyGroup: 'warning',
  groupTooLarge: 'warning',
  tooManyPeople: 'warning',
  tooManyCalls: 'warning',
  alreadySent: 'warning',
  notShownHere: 'neutral',
  requestNotSeen: 'bad',
  pastStart: 'warning',
  startTooFar: 'warning',
  unclearStart: 'unknown',
  nothingWaitsOf: 'neutral',
  cancelAllAsks: 'warning',
  cancelledAll: 'neutral',
  noManager: 'warning',
  ticketNotGiven: 'warning',
  managerTold: 'good',
  managerKnows: 'neutral',
  managerNotReached: 'warning',
  askOneByOne: 'warning',
  fileTooLarge: 'warning',
  fileNoColumn: 'warning',
  fileTooManyRows: 'warning',
  emptyList: 'unknown',
  listExpired: 'warning',
  nothingToCancel: 'neutral',
  stillHeld: 'neutral',
  stillRuns: 'working',
  wasCancelled: 'neutral',
  nothingToRetry: 'neutral',
  retried: 'working',
  cancelledNow: 'neutral',
  incompleteGroup: 'unknown',
  fileUnreadable: 'warning',
  fileNotFromTenant: 'bad',
  endOfGroup: 'warning',
  endNeedsEntra: 'warning',
  assignsNothing: 'warning',
});

const MOST_COLUMNS = 5;

function valuesOf(what: ListProblem, words: Messages): MessageValues {
  switch (what.kind) {
    case 'groupTooLarge':
      return { ...valuesIn(what), count: what.count ?? 0, known: what.count === null ? 'no' : 'yes' };
    case 'nothingWaitsOf':
    case 'cancelAllAsks':
    case 'cancelledAll':
      return { ...valuesIn(what), person: personName({ name: what.person }) };
    case 'noManager':
      return { person: personName({ name: what.person }) };
    case 'managerTold':
    case 'managerKnows':
    case 'managerNotReached': {
      const names = { person: personName({ name: what.person }), manager: personName({ name: what.manager }) };
      return 'text' in what ? { ...names, text: short(what.text, 300) } : names;
    }
    case 'fileNoColumn': {
      const columns = what.columns.slice(0, MOST_COLUMNS).map((name) => short(name, 30));
      return { count: what.columns.length, columns: words.commas(columns.filter((name) => name !== '')) };
    }
    default:
      return valuesIn(what);
  }
}

function buttonsOf(what: ListProblem): readonly SayButton[] {
  if (what.kind === 'requestNotSeen') return [runs('requests', 'requests')];
  return what.kind === 'stillHeld' ? [runs('open', `show ${what.id}`)] : [];
}

/** A problem of this feature or a common one, as a card, and as a reply. */
export const problem = problemsWith(commonProblem, {
  keys: KEYS,
  valuesOf,
  buttonsOf,
});
export const say = sayWith(problem);
