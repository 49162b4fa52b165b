import { deciderBasis } from '../../access/basis.ts';
import { mayDecide } from '../../access/deciding.ts';
import { type AccessEnd, endAfter } from '../../access-ends.ts';
import type { CommandOf } from '../../chat/command.ts';
import { readEndDate } from '../../chat/dates/end-date.ts';
import { readDenial, readRequestId, reasonIn, writeDenial, writeRequestId } from '../../chat/grammar/id-lines.ts';
import type { Reading } from '../../chat/grammar/rule.ts';
import { cutEnd, writeTerms } from '../../chat/grammar/terms.ts';
import type { Word } from '../../chat/grammar/tokens.ts';
import { commands, missing, refused } from '../../chat/offers/resolved.ts';
import {
  type CommandParts,
  defineCommand,
  type Lookup,
  type Needed,
  type Turn,
} from '../../chat/registry/define-command.ts';
import { missingFor } from '../../chat/registry/run.ts';
import { type Answered, answered, sayNoneNamed, troubleReply } from '../../chat/registry/turn.ts';
import type { Reply } from '../../chat/reply.ts';
import { sayEnd } from '../../chat/views/ends.ts';
import { findRequest } from '../../requests/store.ts';
import { openAccessCard } from './access-requests/access-cards.ts';
import type { AccessAction, AccessRequest } from './access-requests/access-request.ts';
import { findJoint } from './access-requests/joint-request.ts';
import { act, findAccessRequest, recordRefusal } from './access-requests/store.ts';
import { decisionOf } from './cards/access-names.ts';
import { decideJoint } from './decide-joint.ts';
import {
  approversOf,
  clickedCardOf,
  eitherAccessRequest,
  isUnsettledApp,
  placeKeyOf,
  unknownAccess,
} from './found-request.ts';
import { pendingNamed } from './pending.ts';
import { say } from './problems.ts';

export type Verdict =
  /** `end`: an earlier end than was asked for, as typed. */
  | { readonly kind: 'approve'; readonly end?: string | undefined }
  | { readonly kind: 'deny'; readonly reason: string | null };

const longestReason = 500;

/**
 * Approve and deny, by button or typed. A click proves nothing: the clicker's identity, their current roles in Entra,
 * and whether the request is their own are read afresh. The decision itself is a compare-and-set, so a second click, a
 * stale card or a repeated delivery changes nothing and gets the current card.
 */
async function decide(parts: CommandParts, turn: Turn, { requestId: id, ...said }: Said): Promise<Reply> {
  const { verdict } = said;
  const joint = await findJoint(parts.store.database, id);
  const shorter =
    verdict.kind === 'approve' && verdict.end !== undefined ? await shorterEnd(parts, turn, id, verdict.end) : null;
  if (shorter?.kind === 'reply') return shorter.reply;
  if (joint !== null) {
    const idsIn = (text: string) => text.split(',').filter((line) => line !== '');
    const shown = said.among === undefined ? null : idsIn(said.among);
    const ticked = said.ticked === true ? idsIn(said.lines ?? '') : null;
    const action = actionOf(turn, verdict, shorter?.ends);
    return decideJoint(parts, turn, joint, {
      action,
      shown,
      ticked,
      refuse: (line) => obstacleTo(parts, turn, line, verdict),
    });
  }
  const request = await eitherAccessRequest(parts, id);
  if (request === null) return needsNoDecision(parts, turn, id);
  const obstacle = await obstacleTo(parts, turn, request, verdict);
  if (obstacle !== null) return obstacle;
  return request.id === id
    ? carryOut(parts, turn, request, verdict, shorter?.ends)
    : isProvisioningOf(parts, turn, request, id);
}

interface Said extends Ticked {
  readonly requestId: string;
  readonly verdict: Verdict;
}

/** Usher records a refusal for a missing role on the access request as well. */
async function neededToDecide(
  parts: CommandParts,
  { caller }: Turn,
  { requestId, verb }: CommandOf<'approve' | 'deny'>,
): Promise<Needed> {
  return {
    permission: 'access.decide',
    async noteRefusal() {
      const joint = await findJoint(parts.store.database, requestId);
      const request = joint?.lines[0] ?? (await eitherAccessRequest(parts, requestId));
      if (request !== null) await recordRefusal(parts.store, request.id, caller.id, { why: 'role', tried: verb });
    },
  };
}

/** An access request on which the caller may decide. */
async function resolveDecision({ parts, turn, denied }: Lookup, command: CommandOf<'approve' | 'deny'>) {
  const lacking = await missingFor(parts, turn, command);
  if (lacking !== null) return denied(lacking);
  const { database } = parts.store;
  const joint = await findJoint(database, command.requestId);
  const request = joint?.lines[0] ?? (await findAccessRequest(database, command.requestId));
  if (request === null) return missing({ kind: 'unknownAccessRequest', id: command.requestId });
  const verdict =
    command.verb === 'approve' ? ({ kind: 'approve' } as const) : ({ kind: 'deny', reason: command.reason } as const);
  const obstacle = await obstacleTo(parts, turn, request, verdict);
  const { subject, app } = request;
  return obstacle === null
    ? commands(command, [subject.name, subject.label ?? '', app.name])
    : refused(() => Promise.resolve(obstacle));
}

declare module '../../chat/command.ts' {
  interface Commands {
    /** `end`: an earlier end than was asked for, as typed. */
    approve: Ticked & { readonly requestId: string; readonly end?: string };
    deny: Ticked & { readonly requestId: string; readonly reason: string | null };
  }
}

/**
 * Of a joint request, only these lines: their ids, with commas between them. `among` are those that the card showed, and
 * `lines` those that were ticked there. A typed line decides on all that are the caller's.
 */
interface Ticked {
  readonly among?: string | undefined;
  readonly ticked?: boolean | undefined;
  readonly lines?: string | undefined;
}

/** "approve R7K3MQ until 31 March": an end without an id is none of an approval's. */
function readApproval(words: readonly Word[]): Reading | null {
  const cut = cutEnd(words);
  const reading = cut === null ? null : readRequestId('approve', cut.words);
  if (cut === null || reading?.kind !== 'command' || reading.command.verb !== 'approve')
    return readRequestId('approve', words);
  return { ...reading, command: { ...reading.command, end: cut.end } };
}

/** The end with which an approver approves: not later than the one that was asked for. */
async function shorterEnd(
  parts: CommandParts,
  { words, incoming }: Turn,
  id: string,
  typed: string,
): Promise<{ readonly kind: 'end'; readonly ends: AccessEnd } | Answered> {
  const now = parts.store.clock.now();
  const request =
    (await findJoint(parts.store.database, id))?.lines[0] ?? (await findAccessRequest(parts.store.database, id));
  const startsAt = Math.max(now, request?.startsAt ?? now);
  const read = readEndDate(typed, incoming.reader, now, startsAt);
  if (read.kind !== 'at') return answered(say(words, { kind: 'unclearEnd', typed }));
  const { kind: _, ...ends } = read;
  const asked = request?.ends ?? null;
  if (request === null || asked === null) return { kind: 'end', ends };
  const { endsAt, hasTime } =
    asked.length === null ? asked : endAfter(asked.length, { startsAt, timeZone: request.reader.timeZone });
  if (ends.endsAt <= endsAt) return { kind: 'end', ends };
  return answered(say(words, { kind: 'endNotShorter', end: sayEnd(words, { endsAt, hasTime }) }));
}

export const approveCommand = defineCommand({
  verb: 'approve',
  read: readApproval,
  write: ({ end, ...command }) => [writeRequestId(command), ...writeTerms({ start: null, end: end ?? null })].join(' '),
  permission: 'access.decide',
  needs: neededToDecide,
  appOnly: true,
  freshRoles: 'always',
  chapter: 'decide',
  examples: ['approve R7K3MQ', 'approve R7K3MQ until 31 March'],
  tryIt: null,
  incomplete: async (parts, turn, _line, said) =>
    (await pendingNamed(parts, turn, said)) ?? sayNoneNamed(turn, 'approve', said, 'pending'),
  resolve: resolveDecision,
  run: (parts, turn, { end, ...command }) => decide(parts, turn, { ...command, verdict: { kind: 'approve', end } }),
});

export const denyCommand = defineCommand({
  verb: 'deny',
  read: readDenial,
  write: writeDenial,
  permission: 'access.decide',
  needs: neededToDecide,
  appOnly: true,
  freshRoles: 'always',
  chapter: 'decide',
  examples: ['deny R7K3MQ he has it already'],
  tryIt: null,
  incomplete: async (parts, turn, line, said) =>
    (await pendingNamed(parts, turn, said, reasonIn(line))) ?? sayNoneNamed(turn, 'deny', said, 'pending'),
  resolve: resolveDecision,
  run: (parts, turn, { reason, ...command }) => decide(parts, turn, { ...command, verdict: { kind: 'deny', reason } }),
});

/**
 * Answers a decision on the provisioning request that carries out an approved access request: nothing is left to
 * decide.
 */
function isProvisioningOf(parts: CommandParts, { words }: Turn, request: AccessRequest, id: string): Reply {
  const decision = decisionOf(request.state);
  if (decision === null) return say(words, { kind: 'alreadyDecided', id: request.id });
  const time = words.moment(decision.at, parts.store.clock.now());
  const names = { person: request.subject.name, app: request.app.name, decider: decision.by.name };
  return say(words, { kind: 'isProvisioningOf', id, access: request.id, ...names, time });
}

async function needsNoDecision(parts: CommandParts, turn: Turn, id: string): Promise<Reply> {
  const request = await findRequest(parts.store.database, id);
  // "approve Parker": letters alone may be a name.
  if (request === null)
    return (/\d/.test(id) ? null : await pendingNamed(parts, turn, [id])) ?? unknownAccess(turn, id);
  const isAsked = request.removal?.secondPerson === true && request.tasks.some(({ state }) => state.kind === 'held');
  const waits = isAsked ? 'forClick' : 'no';
  return say(turn.words, { kind: 'needsNoDecision', id, requestedBy: request.requestedBy.name, waits });
}

/** Why this person may not decide on this request; null when they may. The refusal is recorded. */
export async function obstacleTo(
  parts: CommandParts,
  { caller, words }: Turn,
  request: AccessRequest,
  verdict: Verdict,
): Promise<Reply | null> {
  const refuse = async (kind: 'accessAppGone' | 'accessUnsettled' | 'notYourApp' | 'ownRequest' | 'aboutYourself') => {
    await recordRefusal(parts.store, request.id, caller.id, { why: kind, tried: verdict.kind });
    return say(words, kind === 'ownRequest' || kind === 'aboutYourself' ? { kind } : { kind, app: request.app.name });
  };
  const approvers = await approversOf(parts, request.app.id, request);
  if (!approvers.ok) return troubleReply(words, approvers.trouble);
  if (approvers.value === null)
    return refuse((await isUnsettledApp(parts, request.app.id)) ? 'accessUnsettled' : 'accessAppGone');
  if (!mayDecide(caller, approvers.value)) return refuse('notYourApp');
  if (request.requestedBy.id === caller.id) return refuse('ownRequest');
  if (request.subject.id === caller.id) return refuse('aboutYourself');
  return null;
}

function actionOf({ caller, incoming }: Turn, verdict: Verdict, ends?: AccessEnd): AccessAction {
  const by = { id: caller.id, name: caller.name };
  const from = { conversation: incoming.conversation, reader: incoming.reader };
  if (verdict.kind === 'approve') return { kind: 'approve', by, from, ...(ends === undefined ? {} : { ends }) };
  return { kind: 'deny', by, from, reason: verdict.reason?.trim().slice(0, longestReason) || null };
}

async function carryOut(
  parts: CommandParts,
  turn: Turn,
  request: AccessRequest,
  verdict: Verdict,
  ends?: AccessEnd,
): Promise<Reply> {
  const { conversation, reader, what } = turn.incoming;
  const approvers = await approversOf(parts, request.app.id, request);
  if (!approvers.ok) return troubleReply(turn.words, approvers.trouble);
  const basis = deciderBasis(turn.caller, [approvers.value ?? []]);
  const acted = await act({ ...parts.store, basis }, request.id, actionOf(turn, verdict, ends));
  if (acted.kind === 'unknown') return unknownAccess(turn, request.id);
  parts.publish('access', request.id);
  if (what.kind === 'text') {
    if (acted.kind === 'unchanged') return say(turn.words, { kind: 'alreadyDecided', id: request.id });
    const { id, subject, app } = request;
    const decision = verdict.kind === 'approve' ? 'approved' : 'denied';
    return say(turn.words, { kind: 'decidedNow', id, decision, person: subject.name, app: app.name });
  }
  const clicked = await clickedCardOf(parts, turn.incoming, [request.id], what.cardId);
  const liveId =
    clicked?.id ??
    (await openAccessCard(parts.store, {
      accessRequestId: request.id,
      source: turn.incoming.id,
      conversation,
      reader,
      audience: 'approvers',
      shownBy: { actorId: turn.caller.id, key: placeKeyOf(turn.incoming) },
    }));
  return { kind: 'live', liveId };
}
