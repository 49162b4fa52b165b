import { assertNever } from '../../assert-never.ts';
import type { WordKey, WordValues } from '../words.ts';
import { short } from './parts.ts';
import type { Tone } from './tone.ts';

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

type Keys = readonly [tone: Tone, title: WordKey, happened: WordKey, next: WordKey];

const KEYS: Readonly<Record<ListProblem['kind'], Keys>> = {
  appTakesNoGroups: [
    'warning',
    'problem.appTakesNoGroups.title',
    'problem.appTakesNoGroups.happened',
    'problem.appTakesNoGroups.next',
  ],
  unknownGroup: ['warning', 'problem.unknownGroup.title', 'problem.unknownGroup.happened', 'problem.unknownGroup.next'],
  emptyGroup: ['warning', 'problem.emptyGroup.title', 'problem.emptyGroup.happened', 'problem.emptyGroup.next'],
  groupTooLarge: [
    'warning',
    'problem.groupTooLarge.title',
    'problem.groupTooLarge.happened',
    'problem.groupTooLarge.next',
  ],
  tooManyPeople: [
    'warning',
    'problem.tooManyPeople.title',
    'problem.tooManyPeople.happened',
    'problem.tooManyPeople.next',
  ],
  alreadySent: ['warning', 'problem.alreadySent.title', 'problem.alreadySent.happened', 'problem.alreadySent.next'],
  notShownHere: ['neutral', 'problem.notShownHere.title', 'problem.notShownHere.happened', 'problem.notShownHere.next'],
  requestNotSeen: [
    'bad',
    'problem.requestNotSeen.title',
    'problem.requestNotSeen.happened',
    'problem.requestNotSeen.next',
  ],
  unknownRequest: [
    'warning',
    'problem.unknownRequest.title',
    'problem.unknownRequest.happened',
    'problem.unknownRequest.next',
  ],
  fileTooLarge: ['warning', 'problem.fileTooLarge.title', 'problem.fileTooLarge.happened', 'problem.fileTooLarge.next'],
  fileNoColumn: ['warning', 'problem.fileNoColumn.title', 'problem.fileNoColumn.happened', 'problem.fileNoColumn.next'],
  fileTooManyRows: [
    'warning',
    'problem.fileTooManyRows.title',
    'problem.fileTooManyRows.happened',
    'problem.fileTooManyRows.next',
  ],
  emptyList: ['unknown', 'problem.emptyList.title', 'problem.emptyList.happened', 'problem.emptyList.next'],
  listExpired: ['warning', 'problem.listExpired.title', 'problem.listExpired.happened', 'problem.listExpired.next'],
  nothingToCancel: [
    'neutral',
    'problem.nothingToCancel.title',
    'problem.nothingToCancel.happened',
    'problem.nothingToCancel.next',
  ],
  stillHeld: ['neutral', 'problem.stillHeld.title', 'problem.stillHeld.happened', 'problem.stillHeld.next'],
  stillRuns: ['working', 'problem.stillRuns.title', 'problem.stillRuns.happened', 'problem.stillRuns.next'],
  wasCancelled: ['neutral', 'problem.wasCancelled.title', 'problem.wasCancelled.happened', 'problem.wasCancelled.next'],
  nothingToRetry: [
    'neutral',
    'problem.nothingToRetry.title',
    'problem.nothingToRetry.happened',
    'problem.nothingToRetry.next',
  ],
  retried: ['working', 'problem.retried.title', 'problem.retried.happened', 'problem.retried.next'],
  cancelledNow: ['neutral', 'problem.cancelledNow.title', 'problem.cancelledNow.happened', 'problem.cancelledNow.next'],
  missingId: ['unknown', 'problem.missingId.title', 'problem.missingId.happened', 'problem.missingId.next'],
  incompleteGroup: [
    'unknown',
    'problem.incompleteGroup.title',
    'problem.incompleteGroup.happened',
    'problem.incompleteGroup.next',
  ],
  fileUnreadable: [
    'warning',
    'problem.fileUnreadable.title',
    'problem.fileUnreadable.happened',
    'problem.fileUnreadable.next',
  ],
  fileNotFromTenant: [
    'bad',
    'problem.fileNotFromTenant.title',
    'problem.fileNotFromTenant.happened',
    'problem.fileNotFromTenant.next',
  ],
};

const MOST_COLUMNS = 5;

export function isListProblem(what: { readonly kind: string }): what is ListProblem {
  return Object.hasOwn(KEYS, what.kind);
}

/** A problem's catalogue keys with their values. */
export function listProblem(what: ListProblem): { readonly keys: Keys; readonly values: WordValues } {
  return { keys: KEYS[what.kind], values: valuesOf(what) };
}

function valuesOf(what: ListProblem): WordValues {
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
