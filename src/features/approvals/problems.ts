import { assertNever } from '../../assert-never.ts';
import type { AssignmentLeft } from './access-requests/access-request.ts';
import type { Messages, MessageValues } from '../../chat/messages.ts';
import { short } from '../../chat/views/parts.ts';
import { type ProblemKeys, problemKeys } from '../../chat/views/problem-keys.ts';
import { personName } from '../../chat/views/names.ts';

/** What keeps Usher from taking, showing or deciding an access request; and confirmations that no card shows. */
export type AccessProblem =
  | { readonly kind: 'notYourReport' | 'checkNotYourReport'; readonly person: string }
  /** `date` in words, as `Messages.day` gives it. */
  | { readonly kind: 'startTooFar'; readonly date: string }
  /** `instead`: what happens with a line without a start. */
  | { readonly kind: 'pastStart'; readonly date: string; readonly instead: 'approved' | 'now' }
  | { readonly kind: 'unclearStart'; readonly typed: string; readonly instead: 'approved' | 'now' }
  /** How many open requests the requester has. */
  | { readonly kind: 'tooManyOpen'; readonly open: number }
  | { readonly kind: 'tooManyToday'; readonly made: number }
  | { readonly kind: 'alreadyAsked'; readonly id: string; readonly person: string; readonly app: string }
  /** A caller who may not see the request is not told its id. */
  | { readonly kind: 'askedByOther'; readonly person: string; readonly app: string }
  | { readonly kind: 'accessNeedsEntraApp' | 'notYourApp' | 'accessAppGone' | 'accessUnsettled'; readonly app: string }
  | { readonly kind: 'alreadyDecided' | 'unknownAccessRequest'; readonly id: string }
  /**
   * `left`: what remains of the assignment that the approval makes. `attempts`: the number of provisioning calls sent.
   */
  | {
      readonly kind: 'cancelledAccess';
      readonly id: string;
      readonly person: string;
      readonly app: string;
      readonly left: AssignmentLeft;
      readonly attempts: number;
    }
  /** Approved and started: `requestId` is the provisioning request that can still be cancelled. */
  | { readonly kind: 'accessUnderWay'; readonly id: string; readonly requestId: string }
  | {
      readonly kind: 'decidedNow';
      readonly id: string;
      readonly decision: 'approved' | 'denied';
      readonly person: string;
      readonly app: string;
    }
  /** A decision named a provisioning request: `access` is the access request that it carries out. */
  | {
      readonly kind: 'isProvisioningOf';
      readonly id: string;
      readonly access: string;
      readonly person: string;
      readonly app: string;
      readonly decider: string;
      /** In words. */
      readonly time: string;
    }
  /** The same for a request that needed no approval. */
  | { readonly kind: 'needsNoDecision'; readonly id: string; readonly asker: string }
  | { readonly kind: 'startsAgain'; readonly id: string; readonly person: string; readonly app: string }
  /** `day` in words; empty unless the request starts on a future day. */
  | {
      readonly kind: 'notRetried';
      readonly id: string;
      readonly state: 'pending' | 'denied' | 'expired' | 'cancelled' | 'lapsed' | 'later' | 'soon';
      readonly person: string;
      readonly app: string;
      readonly day: string;
    }
  /** The apps whose requests are shown here; null for all apps without approvers of their own. */
  | { readonly kind: 'placeAdded'; readonly apps: readonly string[] | null }
  | { readonly kind: 'grantRemoved' | 'grantUnknown'; readonly ref: string }
  /** Of one person: the number of waiting calls, and of waiting access requests. */
  | {
      readonly kind: 'nothingWaitsOf' | 'cancelAllAsks' | 'cancelledAll';
      readonly person: string;
      readonly tasks: number;
      readonly requests: number;
    }
  | {
      readonly kind:
        | 'askForSelf'
        | 'reportsUnread'
        | 'ownRequest'
        | 'aboutYourself'
        | 'nothingToDecide'
        | 'placeIsPersonal'
        | 'nothingForPlace'
        | 'placeRemoved'
        | 'placeShareRemoved'
        | 'placeNotYours'
        | 'placeUnknown'
        | 'approvalWithdrawn'
        | 'askOneByOne'
        | 'incompleteAccess';
    };

const KEYS: Readonly<Record<AccessProblem['kind'], ProblemKeys>> = problemKeys(
  {
    notYourReport: 'bad',
    askForSelf: 'bad',
    reportsUnread: 'bad',
    pastStart: 'warning',
    startTooFar: 'warning',
    unclearStart: 'unknown',
    tooManyOpen: 'warning',
    tooManyToday: 'warning',
    alreadyAsked: 'neutral',
    accessNeedsEntraApp: 'warning',
    ownRequest: 'bad',
    aboutYourself: 'bad',
    notYourApp: 'bad',
    accessAppGone: 'warning',
    accessUnsettled: 'warning',
    alreadyDecided: 'neutral',
    unknownAccessRequest: 'warning',
    cancelledAccess: 'neutral',
    isProvisioningOf: 'neutral',
    needsNoDecision: 'neutral',
    startsAgain: 'working',
    notRetried: 'neutral',
    accessUnderWay: 'working',
    decidedNow: 'neutral',
    nothingToDecide: 'neutral',
    placeIsPersonal: 'warning',
    placeAdded: 'good',
    placeRemoved: 'neutral',
    nothingForPlace: 'neutral',
    placeNotYours: 'neutral',
    placeUnknown: 'neutral',
    approvalWithdrawn: 'neutral',
    grantRemoved: 'neutral',
    grantUnknown: 'warning',
    nothingWaitsOf: 'neutral',
    cancelAllAsks: 'warning',
    cancelledAll: 'neutral',
    askOneByOne: 'warning',
    incompleteAccess: 'unknown',
  },
  {
    checkNotYourReport: [
      'bad',
      'problem.notYourReport.title',
      'problem.checkNotYourReport.happened',
      'problem.checkNotYourReport.next',
    ],
    askedByOther: [
      'neutral',
      'problem.alreadyAsked.title',
      'problem.askedByOther.happened',
      'problem.askedByOther.next',
    ],
    placeShareRemoved: [
      'neutral',
      'problem.placeRemoved.title',
      'problem.placeShareRemoved.happened',
      'problem.placeShareRemoved.next',
    ],
  },
);

const MOST_APPS = 5;

export function isAccessProblem(what: { readonly kind: string }): what is AccessProblem {
  return Object.hasOwn(KEYS, what.kind);
}

/** A problem's catalogue keys with their values. */
export function accessProblem(
  words: Messages,
  what: AccessProblem,
): { readonly keys: ProblemKeys; readonly values: MessageValues } {
  return { keys: KEYS[what.kind], values: valuesOf(words, what) };
}

function valuesOf(words: Messages, what: AccessProblem): MessageValues {
  switch (what.kind) {
    case 'notYourReport':
    case 'checkNotYourReport':
      return { person: short(what.person) };
    case 'startTooFar':
      return { date: what.date };
    case 'pastStart':
      return { date: what.date, instead: what.instead };
    case 'unclearStart':
      return { typed: short(what.typed), instead: what.instead };
    case 'tooManyOpen':
      return { open: what.open };
    case 'tooManyToday':
      return { made: what.made };
    case 'alreadyAsked':
      return { id: short(what.id, 40), person: short(what.person), app: short(what.app) };
    case 'askedByOther':
      return { person: short(what.person), app: short(what.app) };
    case 'accessNeedsEntraApp':
    case 'notYourApp':
    case 'accessAppGone':
    case 'accessUnsettled':
      return { app: short(what.app) };
    case 'alreadyDecided':
    case 'unknownAccessRequest':
      return { id: short(what.id, 40) };
    case 'cancelledAccess': {
      const { left, attempts } = what;
      return { id: short(what.id, 40), person: short(what.person), app: short(what.app), left, attempts };
    }
    case 'isProvisioningOf': {
      const { person, app, decider, time } = what;
      const ids = { id: short(what.id, 40), access: short(what.access, 40) };
      return { ...ids, person: short(person), app: short(app), decider: personName({ name: decider }), time };
    }
    case 'needsNoDecision':
      return { id: short(what.id, 40), asker: personName({ name: what.asker }) };
    case 'startsAgain':
      return { id: short(what.id, 40), person: short(what.person), app: short(what.app) };
    case 'notRetried': {
      const { state, day } = what;
      return { id: short(what.id, 40), person: short(what.person), app: short(what.app), state, day };
    }
    case 'accessUnderWay':
      return { id: short(what.id, 40), requestId: short(what.requestId, 40) };
    case 'decidedNow':
      return {
        id: short(what.id, 40),
        decision: what.decision,
        person: short(what.person),
        app: short(what.app),
      };
    case 'placeAdded': {
      const apps = (what.apps ?? []).map((name) => short(name, 40) || '—');
      return { scope: what.apps === null ? 'all' : 'some', apps: words.list(apps.slice(0, MOST_APPS)) };
    }
    case 'grantRemoved':
    case 'grantUnknown':
      return { ref: short(what.ref, 40) };
    case 'nothingWaitsOf':
    case 'cancelAllAsks':
    case 'cancelledAll':
      return { person: personName({ name: what.person }), tasks: what.tasks, requests: what.requests };
    case 'askForSelf':
    case 'reportsUnread':
    case 'ownRequest':
    case 'aboutYourself':
    case 'nothingToDecide':
    case 'placeIsPersonal':
    case 'nothingForPlace':
    case 'placeRemoved':
    case 'placeShareRemoved':
    case 'placeNotYours':
    case 'placeUnknown':
    case 'approvalWithdrawn':
    case 'askOneByOne':
    case 'incompleteAccess':
      return {};
    default:
      return assertNever(what, 'problem');
  }
}
