import { assertNever } from '../../../assert-never.ts';
import type { AssignmentLeft } from '../../../requests/access-requests/access-request.ts';
import type { WordKey, Words, WordValues } from '../../words.ts';
import { short } from '../parts.ts';
import type { Tone } from '../tone.ts';
import { personName } from './access-names.ts';

/** What keeps Usher from taking, showing or deciding an access request; and confirmations that no card shows. */
export type AccessProblem =
  | { readonly kind: 'notYourReport' | 'checkNotYourReport'; readonly person: string }
  /** `date` in words, as `Words.day` gives it. */
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

type Keys = readonly [tone: Tone, title: WordKey, happened: WordKey, next: WordKey];

const KEYS: Readonly<Record<AccessProblem['kind'], Keys>> = {
  notYourReport: ['bad', 'problem.notYourReport.title', 'problem.notYourReport.happened', 'problem.notYourReport.next'],
  checkNotYourReport: [
    'bad',
    'problem.notYourReport.title',
    'problem.checkNotYourReport.happened',
    'problem.checkNotYourReport.next',
  ],
  askForSelf: ['bad', 'problem.askForSelf.title', 'problem.askForSelf.happened', 'problem.askForSelf.next'],
  reportsUnread: ['bad', 'problem.reportsUnread.title', 'problem.reportsUnread.happened', 'problem.reportsUnread.next'],
  pastStart: ['warning', 'problem.pastStart.title', 'problem.pastStart.happened', 'problem.pastStart.next'],
  startTooFar: ['warning', 'problem.startTooFar.title', 'problem.startTooFar.happened', 'problem.startTooFar.next'],
  unclearStart: ['unknown', 'problem.unclearStart.title', 'problem.unclearStart.happened', 'problem.unclearStart.next'],
  tooManyOpen: ['warning', 'problem.tooManyOpen.title', 'problem.tooManyOpen.happened', 'problem.tooManyOpen.next'],
  tooManyToday: ['warning', 'problem.tooManyToday.title', 'problem.tooManyToday.happened', 'problem.tooManyToday.next'],
  alreadyAsked: ['neutral', 'problem.alreadyAsked.title', 'problem.alreadyAsked.happened', 'problem.alreadyAsked.next'],
  askedByOther: ['neutral', 'problem.alreadyAsked.title', 'problem.askedByOther.happened', 'problem.askedByOther.next'],
  accessNeedsEntraApp: [
    'warning',
    'problem.accessNeedsEntraApp.title',
    'problem.accessNeedsEntraApp.happened',
    'problem.accessNeedsEntraApp.next',
  ],
  ownRequest: ['bad', 'problem.ownRequest.title', 'problem.ownRequest.happened', 'problem.ownRequest.next'],
  aboutYourself: ['bad', 'problem.aboutYourself.title', 'problem.aboutYourself.happened', 'problem.aboutYourself.next'],
  notYourApp: ['bad', 'problem.notYourApp.title', 'problem.notYourApp.happened', 'problem.notYourApp.next'],
  accessAppGone: [
    'warning',
    'problem.accessAppGone.title',
    'problem.accessAppGone.happened',
    'problem.accessAppGone.next',
  ],
  accessUnsettled: [
    'warning',
    'problem.accessUnsettled.title',
    'problem.accessUnsettled.happened',
    'problem.accessUnsettled.next',
  ],
  alreadyDecided: [
    'neutral',
    'problem.alreadyDecided.title',
    'problem.alreadyDecided.happened',
    'problem.alreadyDecided.next',
  ],
  unknownAccessRequest: [
    'warning',
    'problem.unknownAccessRequest.title',
    'problem.unknownAccessRequest.happened',
    'problem.unknownAccessRequest.next',
  ],
  cancelledAccess: [
    'neutral',
    'problem.cancelledAccess.title',
    'problem.cancelledAccess.happened',
    'problem.cancelledAccess.next',
  ],
  isProvisioningOf: [
    'neutral',
    'problem.isProvisioningOf.title',
    'problem.isProvisioningOf.happened',
    'problem.isProvisioningOf.next',
  ],
  needsNoDecision: [
    'neutral',
    'problem.needsNoDecision.title',
    'problem.needsNoDecision.happened',
    'problem.needsNoDecision.next',
  ],
  startsAgain: ['working', 'problem.startsAgain.title', 'problem.startsAgain.happened', 'problem.startsAgain.next'],
  notRetried: ['neutral', 'problem.notRetried.title', 'problem.notRetried.happened', 'problem.notRetried.next'],
  accessUnderWay: [
    'working',
    'problem.accessUnderWay.title',
    'problem.accessUnderWay.happened',
    'problem.accessUnderWay.next',
  ],
  decidedNow: ['neutral', 'problem.decidedNow.title', 'problem.decidedNow.happened', 'problem.decidedNow.next'],
  nothingToDecide: [
    'neutral',
    'problem.nothingToDecide.title',
    'problem.nothingToDecide.happened',
    'problem.nothingToDecide.next',
  ],
  placeIsPersonal: [
    'warning',
    'problem.placeIsPersonal.title',
    'problem.placeIsPersonal.happened',
    'problem.placeIsPersonal.next',
  ],
  placeAdded: ['good', 'problem.placeAdded.title', 'problem.placeAdded.happened', 'problem.placeAdded.next'],
  placeRemoved: ['neutral', 'problem.placeRemoved.title', 'problem.placeRemoved.happened', 'problem.placeRemoved.next'],
  nothingForPlace: [
    'neutral',
    'problem.nothingForPlace.title',
    'problem.nothingForPlace.happened',
    'problem.nothingForPlace.next',
  ],
  placeShareRemoved: [
    'neutral',
    'problem.placeRemoved.title',
    'problem.placeShareRemoved.happened',
    'problem.placeShareRemoved.next',
  ],
  placeNotYours: [
    'neutral',
    'problem.placeNotYours.title',
    'problem.placeNotYours.happened',
    'problem.placeNotYours.next',
  ],
  placeUnknown: ['neutral', 'problem.placeUnknown.title', 'problem.placeUnknown.happened', 'problem.placeUnknown.next'],
  approvalWithdrawn: [
    'neutral',
    'problem.approvalWithdrawn.title',
    'problem.approvalWithdrawn.happened',
    'problem.approvalWithdrawn.next',
  ],
  grantRemoved: ['neutral', 'problem.grantRemoved.title', 'problem.grantRemoved.happened', 'problem.grantRemoved.next'],
  grantUnknown: ['warning', 'problem.grantUnknown.title', 'problem.grantUnknown.happened', 'problem.grantUnknown.next'],
  nothingWaitsOf: [
    'neutral',
    'problem.nothingWaitsOf.title',
    'problem.nothingWaitsOf.happened',
    'problem.nothingWaitsOf.next',
  ],
  cancelAllAsks: [
    'warning',
    'problem.cancelAllAsks.title',
    'problem.cancelAllAsks.happened',
    'problem.cancelAllAsks.next',
  ],
  cancelledAll: ['neutral', 'problem.cancelledAll.title', 'problem.cancelledAll.happened', 'problem.cancelledAll.next'],
  askOneByOne: ['warning', 'problem.askOneByOne.title', 'problem.askOneByOne.happened', 'problem.askOneByOne.next'],
  incompleteAccess: [
    'unknown',
    'problem.incompleteAccess.title',
    'problem.incompleteAccess.happened',
    'problem.incompleteAccess.next',
  ],
};

const MOST_APPS = 5;

export function isAccessProblem(what: { readonly kind: string }): what is AccessProblem {
  return Object.hasOwn(KEYS, what.kind);
}

/** A problem's catalogue keys with their values. */
export function accessProblem(words: Words, what: AccessProblem): { readonly keys: Keys; readonly values: WordValues } {
  return { keys: KEYS[what.kind], values: valuesOf(words, what) };
}

function valuesOf(words: Words, what: AccessProblem): WordValues {
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
