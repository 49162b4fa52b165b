import { randomUUID } from 'node:crypto';
import type { Command } from '../../chat/command.ts';
import { requestOf, tryAgain } from '../../chat/names/target.ts';
import type { CommandParts, Turn } from '../../chat/registry/define-command.ts';
import type { Reply } from '../../chat/reply.ts';
import { short } from '../../chat/views/parts.ts';
import { insertMessages } from '../../outbox/message-store.ts';
import type { NewRequest } from '../../requests/store.ts';
import type { JobFound } from './find-job.ts';
import { say } from './problems.ts';
import { needsSecondPerson, type Repair, type RepairKind } from './repair.ts';
import { storeRepair } from './repair-rows.ts';

export interface Order {
  readonly kind: RepairKind;
  readonly reason: string | null;
  readonly pauseUntil?: number;
  /** What can be taken back by another line goes at once; all else shows its card first. */
  readonly held: boolean;
  /** The provisioning that it makes room for. */
  readonly request?: NewRequest;
}

/**
 * Stores a repair, and shows its card. Where a second person has to confirm it, its question goes to the approvers with
 * it, in one transaction.
 */
export async function orderRepair(
  parts: CommandParts,
  turn: Turn,
  command: Command,
  { app, job }: Pick<JobFound, 'app' | 'job'>,
  order: Order,
): Promise<Reply> {
  const { clock } = parts.store;
  const { kind, reason, held, request } = order;
  const secondPerson = needsSecondPerson(kind);
  const places = secondPerson
    ? await parts.registry.accessRequests.placesOfApprovers(parts, [app.id], [turn.caller.id])
    : [];
  if (places === null) return say(turn.words, { kind: 'approversUnread' }, tryAgain(parts, command));
  const stored = await storeRepair(
    parts.store,
    {
      ...requestOf(turn),
      kind,
      app: { id: app.id, name: app.displayName },
      jobId: job.id,
      reason,
      needsSecondPerson: secondPerson,
      pauseUntil: order.pauseUntil ?? null,
      ...(request === undefined ? {} : { request }),
      held,
    },
    async (transaction, { id }) => {
      const questions = places.map(({ key, conversation, reader }) => ({
        id: `repair-${randomUUID()}`,
        kind: 'repair' as const,
        reference: id,
        source: questionStart(id) + key,
        conversation,
        reader,
        audience: 'approvers' as const,
        dueAt: clock.now(),
      }));
      await insertMessages(transaction, questions, clock.now());
    },
  );
  if (stored.kind === 'other') return sayOpen(turn, stored.repair, clock.now());
  parts.publish('repairs', null);
  if (places.length > 0) parts.publish('outbox', null);
  return { kind: 'live', liveId: stored.repair.id };
}

/** Another repair of the app comes first. */
export function sayOpen({ words }: Turn, { kind, app, pauseUntil, state }: Repair, now: number): Reply {
  if (state.kind === 'paused' && kind === 'pause' && pauseUntil !== null)
    return say(words, { kind: 'pausedAlready', app: app.name, until: words.moment(pauseUntil, now) });
  return say(words, {
    kind: 'repairOpen',
    app: app.name,
    what: words.plain(`repair.${kind}.working`, { app: short(app.name) }),
  });
}

const questionStart = (repairId: string) => `repair|${repairId}|`;

/** The key of the place to which this question went. */
export const placeOf = (repairId: string, source: string | null): string =>
  (source ?? '').slice(questionStart(repairId).length);
