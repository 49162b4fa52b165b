import { assertNever } from '../../assert-never.ts';
import type { MessageValues } from '../../chat/messages.ts';
import { short } from '../../chat/views/parts.ts';
import { type ProblemKeys, problemKeys } from '../../chat/views/problem-keys.ts';

/** What keeps Usher from running a list, a group or a file, or from acting on a stored request. */
export type ListProblem =
  | { readonly kind: 'appTakesNoGroups'; readonly app: string }
  | { readonly kind: 'unknownGroup'; readonly typed: string }
  | { readonly kind: 'emptyGroup'; readonly group: string }
  /** `count`: its direct members; null when Graph does not tell. */
  | { readonly kind: 'groupTooLarge'; readonly group: string; readonly count: number | null; readonly limit: number }
  | { readonly kind: 'tooManyPeople'; readonly count: number; readonly limit: number }
  /** The number of calls already sent, which cannot be cancelled. */
  | { readonly kind: 'alreadySent'; readonly sent: number }
  | {
      readonly kind:
        | 'unknownRequest'
        | 'requestNotSeen'
        | 'notShownHere'
        | 'stillHeld'
        | 'stillRuns'
        | 'wasCancelled'
        | 'nothingToRetry';
      readonly id: string;
    }
  /** A success rather than a problem: a typed id gets this answer, as the card may be far away. */
  | { readonly kind: 'retried' | 'cancelledNow'; readonly id: string; readonly count: number }
  | { readonly kind: 'missingId'; readonly verb: 'retry' | 'cancel' | 'approve' | 'deny' | 'show' }
  /** In megabytes. */
  | { readonly kind: 'fileTooLarge'; readonly limit: number }
  /** The columns found in the file. */
  | { readonly kind: 'fileNoColumn'; readonly columns: readonly string[] }
  | { readonly kind: 'fileTooManyRows'; readonly rows: number; readonly limit: number }
  | {
      readonly kind:
        | 'emptyList'
        | 'listExpired'
        | 'nothingToCancel'
        | 'incompleteGroup'
        | 'fileUnreadable'
        | 'fileNotFromTenant';
    };

const KEYS: Readonly<Record<ListProblem['kind'], ProblemKeys>> = problemKeys({
  appTakesNoGroups: 'warning',
  unknownGroup: 'warning',
  emptyGroup: 'warning',
  groupTooLarge: 'warning',
  tooManyPeople: 'warning',
  alreadySent: 'warning',
  notShownHere: 'neutral',
  requestNotSeen: 'bad',
  unknownRequest: 'warning',
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
  missingId: 'unknown',
  incompleteGroup: 'unknown',
  fileUnreadable: 'warning',
  fileNotFromTenant: 'bad',
});

const MOST_COLUMNS = 5;

export function isListProblem(what: { readonly kind: string }): what is ListProblem {
  return Object.hasOwn(KEYS, what.kind);
}

/** A problem's catalogue keys with their values. */
export function listProblem(what: ListProblem): { readonly keys: ProblemKeys; readonly values: MessageValues } {
  return { keys: KEYS[what.kind], values: valuesOf(what) };
}

function valuesOf(what: ListProblem): MessageValues {
  switch (what.kind) {
    case 'appTakesNoGroups':
      return { app: short(what.app) };
    case 'unknownGroup':
      return { typed: short(what.typed) };
    case 'emptyGroup':
      return { group: short(what.group) };
    case 'groupTooLarge': {
      const known = what.count === null ? 'no' : 'yes';
      return { group: short(what.group), count: what.count ?? 0, limit: what.limit, known };
    }
    case 'tooManyPeople':
      return { count: what.count, limit: what.limit };
    case 'alreadySent':
      return { sent: what.sent };
    case 'unknownRequest':
    case 'requestNotSeen':
    case 'notShownHere':
    case 'stillHeld':
    case 'stillRuns':
    case 'wasCancelled':
    case 'nothingToRetry':
      return { id: short(what.id, 40) };
    case 'retried':
    case 'cancelledNow':
      return { id: short(what.id, 40), count: what.count };
    case 'missingId':
      return { verb: what.verb };
    case 'fileTooLarge':
      return { limit: what.limit };
    case 'fileNoColumn': {
      const columns = what.columns.slice(0, MOST_COLUMNS).map((name) => short(name, 30));
      return { count: what.columns.length, columns: columns.filter((name) => name !== '').join(', ') };
    }
    case 'fileTooManyRows':
      return { rows: what.rows, limit: what.limit };
    case 'emptyList':
    case 'listExpired':
    case 'nothingToCancel':
    case 'incompleteGroup':
    case 'fileUnreadable':
    case 'fileNotFromTenant':
      return {};
    default:
      return assertNever(what, 'problem');
  }
}
