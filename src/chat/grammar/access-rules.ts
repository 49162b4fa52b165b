import { readAccessRequest, readBareRequest, readLooseRequest, writeAccessRequest } from './access-request.ts';
import { readRef } from './refs.ts';
import { readDenial, readStrictRequestId, writeDenial, writeRequestId } from './request-id.ts';
import type { CommandOf, Reading, Rule } from './rule.ts';
import { fold, type Word } from './words.ts';

type AccessVerb =
  | 'requestAccess'
  | 'accessForm'
  | 'approve'
  | 'deny'
  | 'pending'
  | 'show'
  | 'sendApprovalsHere'
  | 'stopSendingApprovals'
  | 'approvalPlaces'
  | 'removeApprovalPlace';

/** Conversations that can receive approvals, in everyday words. */
const places = ['channel', 'chat', 'group', 'group chat', 'conversation', 'thread', 'place', 'team'] as const;

/** Requesting access, and deciding on it. A decision needs its exact words; a typo of them never decides. */
export const accessRules: { readonly [V in AccessVerb]: Rule<CommandOf[V]> } = {
  requestAccess: {
    spellings: ['request access', 'ask for access', 'ask access', 'request for access', 'requesting access'],
    looseSpellings: ['access', 'get', 'give', 'grant', 'need', 'ask for'],
    notSpellings: ['requestedaccess', 'requestsaccess'],
    read: readAccessRequest,
    readLoose: readLooseRequest,
    write: writeAccessRequest,
  },
  accessForm: {
    spellings: [
      ...(['request', 'new request', 'access request', 'new access request', 'access form', 'request form'] as const),
      ...(['request access form', 'access request form'] as const),
    ],
    notSpellings: ['requested', 'requests', 'requester', 'quest', 'bequest', 'conquest'],
    read: readBareRequest,
    write: () => 'request',
  },
  approve: {
    spellings: ['approve'],
    notSpellings: [
      'approved',
      'approves',
      'approver',
      'approval',
      'improve',
      'improved',
      'reprove',
      'unapprove',
      'noapprove',
    ],
    read: (words) => readStrictRequestId('approve', words),
    write: writeRequestId,
  },
  deny: {
    spellings: ['deny', 'reject', 'decline'],
    notSpellings: ['denny', 'dent', 'defy', 'den', 'dena', 'deni', 'dean', 'dene', 'any', 'many', 'duty'],
    read: readDenial,
    write: writeDenial,
  },
  pending: {
    spellings: [
      ...(['pending', 'approvals', 'pending approvals', 'my approvals', 'open approvals', 'pending requests'] as const),
      ...([
        'show pending',
        'show approvals',
        'show me approvals',
        'show me pending',
        'show pending approvals',
      ] as const),
      ...(['show pending requests', 'list pending', 'list approvals', 'list pending approvals'] as const),
      ...(['list pending requests', 'what waits', 'what waits for me', 'what is waiting', "what's waiting"] as const),
      ...(['what is waiting for me', "what's waiting for me", 'what is pending', "what's pending"] as const),
    ],
    looseSpellings: ['open requests', 'access requests'],
    notSpellings: ['spending', 'sending', 'ending', 'bending', 'lending', 'mending', 'tending', 'vending', 'depending'],
    read: readPending,
    write: ({ page }) => (page === 1 ? 'pending' : `pending ${page}`),
  },
  show: {
    spellings: ['show', 'show me', 'view'],
    notSpellings: ['how', 'snow', 'slow', 'shop', 'shot', 'stow', 'shows', 'shown', 'showed', 'shoe', 'sho', 'know'],
    read: (words) => readStrictRequestId('show', words),
    write: writeRequestId,
  },
  sendApprovalsHere: {
    spellings: [
      ...([
        'send approvals here',
        'send the approvals here',
        'send all approvals here',
        'post approvals here',
      ] as const),
      ...(['send approval requests here', 'send access requests here', 'send requests here'] as const),
      ...['send approvals', 'post approvals', 'send the approvals', 'send access requests'].flatMap((words) =>
        places.flatMap((place) => [`${words} to this ${place}`, `${words} in this ${place}`]),
      ),
    ],
    read: (words) => alone({ verb: 'sendApprovalsHere' }, words),
    write: () => 'send approvals here',
  },
  stopSendingApprovals: {
    spellings: [
      ...(['stop sending approvals', 'stop sending approvals here', 'stop sending the approvals'] as const),
      ...(['stop sending me approvals', 'stop sending access requests', 'stop sending access requests here'] as const),
      ...(["don't send approvals here", 'do not send approvals here', 'no more approvals here'] as const),
      ...(['stop approvals', 'stop approvals here', 'send no approvals here', 'send no more approvals here'] as const),
      ...places.flatMap((place) => [
        `stop sending approvals to this ${place}`,
        `stop sending approvals in this ${place}`,
      ]),
    ],
    read: (words) => alone({ verb: 'stopSendingApprovals' }, words),
    write: () => 'stop sending approvals',
  },
  approvalPlaces: {
    spellings: [
      ...(['approval places', 'places', 'all approval places', 'approval channels', 'list approval places'] as const),
      ...(['show approval places', 'show me the approval places', 'where do approvals go'] as const),
    ],
    notSpellings: ['palaces', 'pieces', 'plates', 'planes', 'laces'],
    read: (words) => alone({ verb: 'approvalPlaces' }, words),
    write: () => 'approval places',
  },
  removeApprovalPlace: {
    spellings: ['remove approval place', 'remove the approval place', 'remove approval channel'],
    read: (words) => readRef('removeApprovalPlace', words),
    write: ({ ref }) => `remove approval place ${ref}`,
  },
};

/** "pending", "pending 2", "pending page 2". */
function readPending(words: readonly Word[]): Reading | null {
  const [first, ...rest] = words.map(fold);
  if (first === undefined) return { kind: 'command', command: { verb: 'pending', page: 1 } };
  const [number = '', ...more] = first === 'page' ? rest : [first, ...rest];
  if (more.length > 0 || !/^[1-9]\d{0,5}$/.test(number)) return null;
  return { kind: 'command', command: { verb: 'pending', page: Number(number) } };
}

/** A command that is a whole line; with a few more words it is only offered, with many not at all. */
function alone(
  command: CommandOf['sendApprovalsHere' | 'stopSendingApprovals' | 'approvalPlaces'],
  words: readonly Word[],
): Reading | null {
  if (words.length > 3) return null;
  return { kind: words.length === 0 ? 'command' : 'nearly', command };
}
