import type { Messages, MessageValues } from '../../chat/messages.ts';
import { sayWith } from '../../chat/registry/turn.ts';
import { personName, type SayButton, short } from '../../chat/views/parts.ts';
import { problemsWith, runs } from '../../chat/views/problem.ts';
import { type ProblemKeys, problemKeys, valuesIn } from '../../chat/views/problem-keys.ts';
import { problem as provisioningProblem } from '../provisioning/problems.ts';
import type { AssignmentLeft } from './access-requests/access-request.ts';
import type { SomeDeciders } from './deciders.ts';

/** What keeps Usher from taking, showing or deciding an access request; and confirmations that no card shows. */
export type AccessProblem =
  | { readonly kind: 'notYourReport'; readonly person: string }
  /** How many open requests the requester has. */
  | { readonly kind: 'tooManyOpen'; readonly open: number }
  | { readonly kind: 'tooManyToday'; readonly made: number }
  | { readonly kind: 'alreadyAsked'; readonly id: string; readonly person: string; readonly app: string }
  /** A caller who may not see the request is not told its id. */
  | { readonly kind: 'askedByOther'; readonly person: string; readonly app: string }
  | { readonly kind: 'notYourApp' | 'accessAppGone' | 'accessUnsettled'; readonly app: string }
  | { readonly kind: 'tooManyLines'; readonly count: number; readonly limit: number }
  /** Each account of a line has an open request; `names` also has what was left out otherwise. */
  | { readonly kind: 'allAsked'; readonly count: number; readonly names: string }
  /** The kit's entry says who may ask for it. */
  | { readonly kind: 'notYourKit'; readonly kit: string }
  /** None of the people of a line. */
  | { readonly kind: 'noneFound'; readonly names: string }
  /** How many of a joint request were withdrawn, and how many could not be any more. */
  | { readonly kind: 'cancelledJoint'; readonly id: string; readonly count: number; readonly sent: number }
  | { readonly kind: 'alreadyDecided'; readonly id: string }
  /** Of an approval with an end: the end that was asked for, in words. */
  | { readonly kind: 'endNotShorter'; readonly end: string }
  | { readonly kind: 'unclearEnd'; readonly typed: string }
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
  /** `waits`: it is a removal, which its second person confirms on a card. */
  | {
      readonly kind: 'needsNoDecision';
      readonly id: string;
      readonly requestedBy: string;
      readonly waits: 'forClick' | 'no';
    }
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
  /** Who decides on access to an app: people, and groups with so many more. */
  | {
      readonly kind: 'approversAre';
      readonly app: string;
      readonly people: readonly string[];
      readonly others: SomeDeciders['others'];
    }
  | { readonly kind: 'noApprovers'; readonly app: string }
  /** The apps whose requests are shown here; null for all apps without approvers of their own. */
  | { readonly kind: 'channelAdded'; readonly apps: readonly string[] | null }
  | {
      readonly kind:
        | 'askForSelf'
        | 'tickOne'
        | 'ownRequest'
        | 'aboutYourself'
        | 'notAChannel'
        | 'nothingForChannel'
        | 'channelRemoved'
        | 'channelShareRemoved'
        | 'channelNotYours'
        | 'channelUnknown'
        | 'approvalWithdrawn';
    };

const KEYS: Readonly<Record<AccessProblem['kind'], ProblemKeys>> = problemKeys(
  {
    notYourReport: 'bad',
    askForSelf: 'bad',
    tooManyOpen: 'warning',
    tooManyToday: 'warning',
    alreadyAsked: 'neutral',
    ownRequest: 'bad',
    aboutYourself: 'bad',
    notYourApp: 'bad',
    accessAppGone: 'warning',
    accessUnsettled: 'warning',
    tooManyLines: 'warning',
    noneFound: 'warning',
    notYourKit: 'bad',
    allAsked: 'neutral',
    tickOne: 'neutral',
    cancelledJoint: 'neutral',
    alreadyDecided: 'neutral',
    endNotShorter: 'warning',
    unclearEnd: 'unknown',
    cancelledAccess: 'neutral',
    isProvisioningOf: 'neutral',
    needsNoDecision: 'neutral',
    startsAgain: 'working',
    notRetried: 'neutral',
    decidedNow: 'neutral',
    notAChannel: 'warning',
    approversAre: 'neutral',
    noApprovers: 'warning',
    channelAdded: 'good',
    channelRemoved: 'neutral',
    nothingForChannel: 'neutral',
    channelNotYours: 'neutral',
    channelUnknown: 'neutral',
    approvalWithdrawn: 'neutral',
  },
  {
    askedByOther: [
      'neutral',
      'problem.alreadyAsked.title',
      'problem.askedByOther.happened',
      'problem.askedByOther.next',
    ],
    channelShareRemoved: [
      'neutral',
      'problem.channelRemoved.title',
      'problem.channelShareRemoved.happened',
      'problem.channelShareRemoved.next',
    ],
  },
);

const MOST_APPS = 5;

function valuesOf(what: AccessProblem, words: Messages): MessageValues {
  switch (what.kind) {
    case 'isProvisioningOf':
      return { ...valuesIn(what), decider: personName({ name: what.decider }) };
    case 'needsNoDecision':
      return { ...valuesIn(what), requestedBy: personName({ name: what.requestedBy }) };
    case 'approversAre': {
      const names = what.people.map((name) => personName({ name }));
      const more = what.others.map(({ group, count }) => words.plain('approvers.more', { group: short(group), count }));
      return { ...valuesIn(what), names: words.list([...names, ...more]) };
    }
    case 'channelAdded': {
      const apps = (what.apps ?? []).map((name) => short(name, 40) || '—');
      return { scope: what.apps === null ? 'all' : 'some', apps: words.list(apps.slice(0, MOST_APPS)) };
    }
    default:
      return valuesIn(what);
  }
}

function buttonsOf(what: AccessProblem): readonly SayButton[] {
  switch (what.kind) {
    case 'alreadyAsked':
    case 'alreadyDecided':
    case 'cancelledJoint':
    case 'needsNoDecision':
    case 'notRetried':
      return [runs('open', `show ${what.id}`)];
    case 'isProvisioningOf':
      return [runs('open', `show ${what.access}`)];
    case 'tooManyOpen':
    case 'allAsked':
      return [runs('requests', 'my open requests')];
    default:
      return [];
  }
}

/** A problem of this feature or of those that it builds on, as a card, and as a reply. */
export const problem = problemsWith(provisioningProblem, { keys: KEYS, valuesOf, buttonsOf });
export const say = sayWith(problem);
