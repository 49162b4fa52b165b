import { setTimeout as sleep } from 'node:timers/promises';
import type { PostgresServer } from '../../support/postgres/server.ts';
import type { Fleet } from './fleet.ts';
import { scale } from './scale.ts';
import type { StoreView } from './store.ts';

/**
 * Breaks things for a while: it kills a replica every few seconds, cuts connections, stops PostgreSQL once in the
 * middle, and now and then pauses a replica for longer than its lease. At the end all of it is whole again.
 */
export interface Storm {
  /** Resolves when time is over or all is done, and all that was broken is back. */
  rage(ms: number, isDone: () => Promise<boolean>): Promise<void>;
}

interface StormParts {
  readonly fleet: Fleet;
  readonly postgres: PostgresServer;
  readonly store: StoreView;
  readonly random: () => number;
}

const lookEveryMs = 500;

export function createStorm({ fleet, postgres, store, random }: StormParts): Storm {
  return {
    async rage(ms, isDone) {
      const over = new AbortController();
      const { signal } = over;
      const until = (wait: number) => sleep(wait, undefined, { signal }).catch(() => undefined);
      /** Again and again, a little more or less often. */
      const every = async (pauseMs: number, break_: () => Promise<unknown>, most = Number.POSITIVE_INFINITY) => {
        for (let times = 0; times < most; times += 1) {
          await until(pauseMs * (0.7 + 0.6 * random()));
          if (signal.aborted) return;
          await break_();
        }
      };
      const breaking = Promise.all([
        every(scale.killEveryMs, () => fleet.replaceOne()),
        every(scale.cutEveryMs, () => store.cutConnections()),
        every(ms / (scale.pauses + 1) / 1.5, () => fleet.pauseOne(scale.leaseMs * 1.6), scale.pauses),
        every(ms / 2, () => leaveWithoutDatabase(), 1),
      ]);
      breaking.catch(() => over.abort());
      const deadline = Date.now() + ms;
      while (!signal.aborted && Date.now() < deadline && !(await isDone())) await until(lookEveryMs);
      over.abort();
      await breaking;
      await fleet.whole();
    },
  };

  async function leaveWithoutDatabase(): Promise<void> {
    await postgres.halt();
    await sleep(scale.databaseAwayMs);
    await postgres.resume();
  }
}
