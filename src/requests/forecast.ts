import type { Message } from '../outbox/message.ts';
import { readGate } from '../rate-gate/gate-row.ts';
import { findLine, type InLine, isPastAssignment, lookAhead } from './in-line.ts';
import { mostForetold } from './queue.ts';
import type { Forecast, Request } from './request.ts';
import { insertWithCard, type NewRequest, type StoreParts, turnLength } from './store.ts';

/** When a request's calls will have started, by the gate's own arithmetic, if no other request comes in between. */
export interface RequestForecast extends Omit<Forecast, 'position'> {
  /** How many of its tasks wait or are held. */
  readonly tasks: number;
  /** The last start; `startsAt` is the first. A call takes some seconds after it. */
  readonly lastStartsAt: number;
}

/**
 * Stores a request of one task, and says when it starts: its first card is drawn from what was written. Null where it
 * does not wait.
 */
export async function createForeseen(
  parts: StoreParts,
  wanted: NewRequest,
): Promise<{ readonly request: Request; readonly card: Message | null; readonly forecast: Forecast | null }> {
  return parts.database.transact(async (transaction) => {
    const stored = await readGate(parts, transaction);
    const { request, card } = await insertWithCard(parts, transaction, stored, wanted);
    const foretold = lookAhead(parts, stored, await findLine(transaction, { most: mostForetold }), mostForetold);
    return { request, card, forecast: foretold.get(request.tasks[0]?.id ?? '') ?? null };
  });
}

/** For each lane: ten of the longest lists. */
const farthest = 5_000;

/**
 * When the waiting tasks of a request start; held ones count as if they were confirmed now, and none that is not in line
 * before its assignment. Null when it has neither, or is too far back to forecast.
 */
export async function forecastRequest(parts: StoreParts, requestId: string): Promise<RequestForecast | null> {
  return parts.database.transact(async (transaction) => {
    const stored = await readGate(parts, transaction);
    const own = await transaction
      .selectFrom('tasks')
      .select(['id', 'state', 'lane', 'position'])
      .where('request_id', '=', requestId)
      .where('state', 'in', ['held', 'waiting'])
      .where(isPastAssignment)
      .execute();
    if (own.length === 0) return null;
    const now = parts.clock.now();
    const joining = own
      .filter(({ state }) => state === 'held')
      .map(({ id, lane, position }): InLine => {
        const turn = (stored.turns[lane] ?? 0) + position * turnLength;
        return { id, lane, turn, enqueued_at: now, due_at: now };
      });
    const line = await findLine(transaction, { most: farthest });
    const waiting = joining.length === 0 ? line : [...line, ...joining].toSorted(inOrder);
    const foretold = lookAhead(parts, stored, waiting, waiting.length);
    const each = own.flatMap(({ id }) => foretold.get(id) ?? []);
    if (each.length < own.length) return null;
    const starts = each.map(({ startsAt }) => startsAt);
    const fault = each.flatMap((one) => one.fault ?? []).toSorted((one, other) => one.endsAt - other.endsAt)[0];
    const held = fault === undefined ? {} : { fault };
    return { ...held, tasks: own.length, startsAt: Math.min(...starts), lastStartsAt: Math.max(...starts) };
  });
}

/** The order of a lane, as in the query of `queue.ts`. */
function inOrder(one: InLine, other: InLine): number {
  return one.turn - other.turn || one.enqueued_at - other.enqueued_at || (one.id < other.id ? -1 : 1);
}
