import { setTimeout as sleep } from 'node:timers/promises';
import type { Absence, Connector } from '../../../src/sandbox/teams/connector.ts';
import type { PostgresServer } from '../../support/postgres/server.ts';
import { strikeAtRandom } from './connector-faults.ts';
import type { Fleet } from './fleet.ts';
import { oneOf } from './random.ts';
import { scale } from './scale.ts';
import type { StoreView } from './store.ts';

/**
 * Breaks things for a while: it kills a replica every few seconds, cuts connections, stops PostgreSQL once in the
 * middle, now and then pauses a replica for longer than its lease, and lets Teams' connector fail and be away. At the
 * end all of it is whole again.
 */
export interface Storm {
  /** Resolves when time is over or all is done, and all that was broken is back. */
  rage(ms: number, isDone: () => Promise<boolean>): Promise<void>;
}

interface StormParts {
  readonly fleet: Fleet;
  readonly postgres: PostgresServer;
  readonly store: StoreView;
  readonly connector: Connector;
  readonly random: () => number;
}

const lookEveryMs = 500;
const absences: readonly Absence[] = ['refused', 'reset', 'unavailable'];

export function createStorm({ fleet, postgres, store, connector, random }: StormParts): Storm {
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
      const { times, ms: awayMs } = scale.connectorAway;
      const cease = strikeAtRandom(connector, random);
      const breaking = Promise.all([
        every(scale.killEveryMs, () => fleet.replaceOne()),
        every(scale.cutEveryMs, () => store.cutConnections()),
        every(ms / (scale.pauses + 1) / 1.5, () => fleet.pauseOne(scale.leaseMs * 1.6), scale.pauses),
        every(ms / (times + 1), () => connector.away(awayMs, oneOf(random, absences)), times),
        every(ms / 2, () => leaveWithoutDatabase(), 1),
      ]);
      breaking.catch(() => over.abort());
      const deadline = Date.now() + ms;
      while (!signal.aborted && Date.now() < deadline && !(await isDone())) await until(lookEveryMs);
      over.abort();
      cease();
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
