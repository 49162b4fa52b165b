import { assertNever } from '../assert-never.ts';
import type { Clock } from '../clock.ts';
import { isDatabaseFault } from '../db/away.ts';
import type { Log } from '../log.ts';
import type { CrashGuard } from '../requests/crash-guard.ts';
import { type GiveUpParts, tellGivenUp } from './give-up.ts';
import type { Outbox, OutboxItem, OutboxRow, OutboxSource } from './outbox.ts';

export interface OutboxParts {
  readonly clock: Clock;
  /** Stops retrying items that crash their process while drawn or sent; without it nothing is counted. */
  readonly guard?: Pick<CrashGuard, 'run' | 'giveUp'>;
  readonly post: GiveUpParts['post'];
  readonly log: Log;
}

/** Pauses between tries; the last one repeats. After `mostFailures`, about a day, the message is outdated. */
const againMs = [2_000, 8_000, 30_000, 120_000, 600_000];
const mostFailures = 150;

/** The outbox over all kinds of messages. */
export function createOutbox(parts: OutboxParts, sources: readonly OutboxSource[]): Outbox {
  const { clock, guard, log } = parts;
  const rows = new WeakMap<OutboxItem, OutboxRow>();

  /** Postpones an item that cannot be drawn by itself, so that the others need not wait. */
  async function made(row: OutboxRow): Promise<OutboxItem[]> {
    try {
      const item = await attempt('message', row, () => row.make());
      if (item === null) return [];
      if (item.value === null) await row.putOff(null);
      else rows.set(item.value, row);
      return item.value === null ? [] : [item.value];
    } catch (error) {
      if (isDatabaseFault(error)) throw error;
      log.error({ error, code: 'outbox_undrawn' }, 'an item of the outbox could not be drawn');
      const dueAt = againAt(row.failures);
      await row.putOff(dueAt);
      if (dueAt === null) await guard?.giveUp({ kind: 'message', id: row.name }, (reference) => tell(row, reference));
      return [];
    }
  }

  /** Null where the work was not done: it crashed processes, so the row is given up, or another process is at it. */
  async function attempt<T>(
    kind: 'message' | 'send',
    row: OutboxRow,
    work: () => Promise<T>,
  ): Promise<{ readonly value: T } | null> {
    if (guard === undefined) return { value: await work() };
    let isTold = false;
    const attempted = await guard.run({ kind, id: row.name }, work, async (reference) => {
      isTold = await tell(row, reference);
      return isTold;
    });
    switch (attempted.kind) {
      case 'done':
        return attempted;
      case 'busy':
        return null;
      case 'givenUp': {
        const dueAt = attempted.again ? againAt(row.failures) : null;
        if (dueAt === null && !isTold) await row.gaveUp?.('failed');
        await row.putOff(dueAt);
        return null;
      }
      default:
        return assertNever(attempted, 'attempt');
    }
  }

  function tell(row: OutboxRow, reference: string): Promise<boolean> {
    return tellGivenUp(parts, row, { kind: 'messageGivenUp', about: row.about() }, reference);
  }

  /** Null after too many tries. */
  function againAt(times: number): number | null {
    if (times >= mostFailures) return null;
    return clock.now() + (againMs[times] ?? againMs.at(-1) ?? 0);
  }

  function rowOf(item: OutboxItem): OutboxRow {
    const row = rows.get(item);
    if (row === undefined) throw new Error('an item that the outbox has not handed out');
    return row;
  }

  return {
    async due(limit) {
      const items: OutboxItem[] = [];
      for (const source of sources)
        for (const row of await source.due(limit - items.length)) items.push(...(await made(row)));
      return items;
    },
    sent: (item, cardId) => rowOf(item).sent(cardId),
    attempt: async (item, work) => (await attempt('send', rowOf(item), work))?.value ?? null,
    async failed(item, kind) {
      const row = rowOf(item);
      const dueAt = kind === 'gone' ? null : againAt(row.failures);
      // Before the item itself is given up: after a crash in between, the item is due again.
      if (dueAt === null) await row.gaveUp?.(kind);
      await row.putOff(dueAt);
    },
  };
}
