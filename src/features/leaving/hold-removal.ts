import { randomUUID } from 'node:crypto';
import type { CommandOf } from '../../chat/command.ts';
import { requestOf, tryAgain } from '../../chat/names/target.ts';
import type { ApproversPlace, CommandParts, Turn } from '../../chat/registry/define-command.ts';
import type { Reply } from '../../chat/reply.ts';
import { saidReason } from '../../chat/said-reason.ts';
import type { SecondPerson } from '../../config-shape.ts';
import { insertMessages } from '../../outbox/message-store.ts';
import { readGate } from '../../rate-gate/gate-row.ts';
import { findOpenRemoval, questionStart } from '../../requests/removals.ts';
import type { LeftOut, Ticket } from '../../requests/request.ts';
import { insertWithCard, type NewTask } from '../../requests/store.ts';
import { leftOutOf } from './leavers.ts';
import { say } from './problems.ts';

/** A removal of more accounts is read by no person who confirms it. */
export const mostRemoved = 50;

export interface HeldRemoval {
  readonly tasks: readonly NewTask[];
  readonly leftOut: readonly LeftOut[];
  readonly ticket: Ticket | null;
  readonly leaving: boolean;
}

/**
 * Stores a removal that waits for its confirmation. Where a second person has to give it, its question goes to the
 * approvers with it, in one transaction. Of two removals of the same account, the later one leaves it out.
 */
export async function holdRemoval(
  parts: CommandParts,
  turn: Turn,
  command: CommandOf<'remove' | 'offboard'>,
  { tasks, leftOut, ticket, leaving }: HeldRemoval,
): Promise<Reply> {
  // What people take away by hand needs no one to agree to it here.
  const taken = tasks.filter(({ assigning }) => assigning !== 'byHand').length;
  const secondPerson = taken > 0 && needsSecondPerson(parts.removalSecondPerson, taken, leaving);
  const concerned = [turn.caller.id, ...new Set(tasks.map(({ subject }) => subject.id))];
  const places = secondPerson
    ? await parts.registry.accessRequests.placesOfApprovers(parts, appsIn(tasks), concerned)
    : [];
  if (places === null) return say(turn.words, { kind: 'approversUnread' }, tryAgain(parts, command));
  const { database, clock } = parts.store;
  const asked = requestOf(turn);
  const reason = saidReason(parts, turn, command, command.term?.reason ?? null);
  const stored = await database.transact(async (transaction) => {
    const gate = await readGate(parts.store, transaction);
    const free: NewTask[] = [];
    const open: { readonly task: NewTask; readonly id: string }[] = [];
    for (const task of tasks) {
      const account = { personId: task.subject.id, appId: task.app.id };
      const id = await findOpenRemoval({ query: transaction }, account, clock.now(), asked.source);
      if (id === null) free.push(task);
      else open.push({ task, id });
    }
    const [other] = open;
    if (free.length === 0 && other !== undefined) return other;
    const { request } = await insertWithCard(parts.store, transaction, gate, {
      ...asked,
      ticket,
      lane: free.length > 1 ? 'bulk' : 'interactive',
      held: true,
      removal: { secondPerson, ...(leaving ? { leaving } : {}), ...(reason === null ? {} : { reason }) },
      leftOut: [
        ...leftOut,
        ...open.map(({ task }) => leftOutOf(turn.words.dotted([task.subject.name, task.app.name]), 'removalOpen')),
      ],
      tasks: free,
    });
    await insertMessages(transaction, questions(request.id, places, clock.now()), clock.now());
    return request;
  });
  if ('task' in stored) {
    const { task, id } = stored;
    return say(turn.words, { kind: 'removalOpen', person: task.subject.name, app: task.app.name, id });
  }
  if (places.length > 0) parts.publish('outbox', null);
  parts.observe?.requested('person');
  return { kind: 'live', liveId: stored.id };
}

/** Whether an approver has to confirm the removal of so many accounts. */
export function needsSecondPerson(setting: SecondPerson, accounts: number, leaving: boolean): boolean {
  if (typeof setting === 'object') return accounts >= setting.from;
  return setting === 'always' || leaving;
}

const appsIn = (tasks: readonly NewTask[]): readonly string[] => [...new Set(tasks.map(({ app }) => app.id))];

/** The key of the place to which this question went; null for one that a person asked to see. */
export function placeOf(requestId: string, source: string | null): string | null {
  const start = questionStart(requestId);
  return source?.startsWith(start) === true ? source.slice(start.length) : null;
}

function questions(requestId: string, places: readonly ApproversPlace[], now: number) {
  return places.map(({ key, conversation, reader }) => ({
    id: `removal-${randomUUID()}`,
    kind: 'removal' as const,
    reference: requestId,
    source: questionStart(requestId) + key,
    conversation,
    reader,
    audience: 'approvers' as const,
    dueAt: now,
  }));
}
