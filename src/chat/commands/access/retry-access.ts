import { assertNever } from '../../../assert-never.ts';
import { type AccessRequest, mayRetryLapsed } from '../../../requests/access-requests/access-request.ts';
import { copyWithCard } from '../../../requests/access-requests/copies.ts';
import { lookNow } from '../../../requests/access-requests/due.ts';
import { act } from '../../../requests/access-requests/store.ts';
import type { CommandParts, Turn } from '../../registry/define-command.ts';
import { refuseUnattended } from '../../registry/run.ts';
import type { Reply } from '../../reply.ts';
import { refuseOnGround, say } from '../turn.ts';

/** What holds an approved access request up, or has let it lapse. One that has started is retried as what carries it out. */
export type Startable = AccessRequest & {
  readonly state: Exclude<AccessRequest['state'], { readonly kind: 'started' | 'finished' }>;
};

/**
 * Retry of an access request that has not started or does not run: looks now at what is held up, and has what lapsed for
 * want of something start after all. Neither needs another approval, and all that it rests on is read anew before.
 */
export async function retryAccess(parts: CommandParts, turn: Turn, request: Startable): Promise<Reply> {
  // Access requests are for people of Entra, never for cloud sync from Active Directory.
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
      // A second click finds it approved already, which its cards show.
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
  parts.accessChanged(id);
  return (
    (await copyClicked(parts, turn, id)) ??
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
  const clicked = await copyClicked(parts, turn, id);
  return clicked ?? say(turn.words, { kind: 'notRetried', id, state, person: subject.name, app: app.name, day });
}

/** The card of this request that was clicked, as it stands now; null where another card was, or a line was typed. */
export async function copyClicked(parts: CommandParts, turn: Turn, accessRequestId: string): Promise<Reply | null> {
  const { what } = turn.incoming;
  const copy = what.kind === 'text' ? null : await copyWithCard(parts.store.database, what.cardId);
  if (copy?.accessRequestId !== accessRequestId) return null;
  // Which card was clicked is the clicker's word; one that stands elsewhere is not for them to see.
  const { conversationKey } = parts.store;
  const isHere = conversationKey(copy.conversation) === conversationKey(turn.incoming.conversation);
  return isHere ? { kind: 'live', liveId: copy.id } : null;
}
