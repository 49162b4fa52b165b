import { assertNever } from '../../assert-never.ts';
import type { CommandParts, Turn } from '../../chat/registry/define-command.ts';
import { refuseUnattended } from '../../chat/registry/run.ts';
import { refuseOnGround } from '../../chat/registry/turn.ts';
import type { Reply } from '../../chat/reply.ts';
import { findPosted } from '../../outbox/message-store.ts';
import { type AccessRequest, mayRetryLapsed } from './access-requests/access-request.ts';
import { lookNow } from './access-requests/due.ts';
import { act } from './access-requests/store.ts';
import { say } from './problems.ts';

/**
 * An access request that has not started: held up, lapsed or undecided. A started one is retried as its provisioning
 * request.
 */
export type Startable = AccessRequest & {
  readonly state: Exclude<AccessRequest['state'], { readonly kind: 'started' | 'finished' }>;
};

/**
 * Retries an access request that has not started: checks a held-up one now, and starts a lapsed one after all. Neither
 * needs another approval, and everything it depends on is read afresh first.
 */
export async function retryAccess(parts: CommandParts, turn: Turn, request: Startable): Promise<Reply> {
  // Access requests are for people in Entra, never for cloud sync from Active Directory.
  const refusal =
    (await refuseOnGround(parts, turn, 'request.retry', { cloudSync: false })) ??
    refuseUnattended(parts, turn, 'approve');
  if (refusal !== null) return refusal;
  const { state, id, startsAt, heldUp } = request;
  switch (state.kind) {
    case 'approved': {
      if (heldUp !== null && (await lookNow(parts.store, id, turn.caller.id))) return startsAgain(parts, turn, request);
      const isLater = startsAt !== null && startsAt > parts.store.clock.now();
      return notRetried(parts, turn, request, isLater ? 'later' : 'soon');
    }
    case 'lapsed': {
      if (!mayRetryLapsed(state.why)) return notRetried(parts, turn, request, 'lapsed');
      const by = { id: turn.caller.id, name: turn.caller.name };
      const acted = await act(parts.store, id, { kind: 'retry', by });
      // A second click finds the request approved already, which its cards show.
      return acted.kind === 'done' ? startsAgain(parts, turn, request) : notRetried(parts, turn, request, 'soon');
    }
    case 'pending':
    case 'denied':
    case 'expired':
    case 'cancelled':
      return notRetried(parts, turn, request, state.kind);
    default:
      return assertNever(state, 'state');
  }
}

async function startsAgain(parts: CommandParts, turn: Turn, request: Startable): Promise<Reply> {
  const { id, subject, app } = request;
  parts.publish('access', id);
  return (
    (await clickedAccessCard(parts, turn, id)) ??
    say(turn.words, { kind: 'startsAgain', id, person: subject.name, app: app.name })
  );
}

async function notRetried(
  parts: CommandParts,
  turn: Turn,
  { id, subject, app, startsAt, reader }: Startable,
  state: 'pending' | 'denied' | 'expired' | 'cancelled' | 'lapsed' | 'later' | 'soon',
): Promise<Reply> {
  const day = startsAt === null || state !== 'later' ? '' : turn.words.day(startsAt, reader.timeZone);
  const clicked = await clickedAccessCard(parts, turn, id);
  return clicked ?? say(turn.words, { kind: 'notRetried', id, state, person: subject.name, app: app.name, day });
}

/** The current state of this request's clicked card; null where another card was clicked, or a line was typed. */
export async function clickedAccessCard(
  parts: CommandParts,
  turn: Turn,
  accessRequestId: string,
): Promise<Reply | null> {
  const { what } = turn.incoming;
  const card = what.kind === 'text' ? null : await findPosted(parts.store.database, what.cardId);
  if (card?.reference !== accessRequestId) return null;
  // The client names the clicked card; the clicker may not see one that is in another conversation.
  const { conversationKey } = parts.store;
  const isHere = conversationKey(card.conversation) === conversationKey(turn.incoming.conversation);
  return isHere ? { kind: 'live', liveId: card.id } : null;
}
