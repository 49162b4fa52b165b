import type { ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { sandboxEnvironment } from '../../../src/sandbox/environment.ts';
import { gateEnvironment, unlimited } from '../../support/usher.ts';
import { kill, startProcess } from './processes.ts';
import { oneOf } from './random.ts';
import { gate, scale } from './scale.ts';

/** The replicas that run at this moment. */
export interface Fleet {
  /** Where Teams would post to: one of the replicas that take messages, whatever state it is in. */
  endpoint(): string | null;
  /** Starts one more replica; `offMs` is how wrong its machine's clock is. Resolves when it is ready. */
  add(offMs: number): Promise<void>;
  /** Kills one replica, and starts a fresh one in its place, without waiting for it. */
  replaceOne(): Promise<void>;
  /** Resolves when all started replicas are ready. */
  whole(): Promise<void>;
  /** Starts no more replicas. */
  end(): void;
  /** Pauses one replica in the middle of its work, and resumes it after so long. */
  pauseOne(ms: number): Promise<void>;
  /** How many replicas were killed. */
  readonly killed: number;
}

export interface FleetOptions {
  readonly graphUrl: string;
  readonly databaseUrl: string;
  /** For Node's compile cache, and for what the replicas log. */
  readonly folder: string;
  readonly random: () => number;
  readonly children: Set<ChildProcess>;
}

interface Replica {
  readonly child: ChildProcess;
  readonly endpoint: string;
  readonly offMs: number;
  isPaused: boolean;
}

export function createFleet({ graphUrl, databaseUrl, folder, random, children }: FleetOptions): Fleet {
  const replicas = new Set<Replica>();
  const starting: Promise<void>[] = [];
  let started = 0;
  let killed = 0;
  let isOver = false;

  async function add(offMs: number): Promise<void> {
    if (isOver) throw new Error('the round is over');
    started += 1;
    const logged = createWriteStream(join(folder, `replica-${started}.log`));
    const { child, told } = await startProcess(
      {
        file: 'test/faults/support/replica-entry.ts',
        flags: ['--import', './test/faults/support/clock-off.ts'],
        environment: {
          ...sandboxEnvironment(graphUrl),
          ...gateEnvironment(gate),
          COMMANDS_PER_MINUTE: unlimited,
          PORT: '0',
          DATABASE_URL: databaseUrl,
          NODE_COMPILE_CACHE: join(folder, 'compiled'),
          LEASE_MS: String(scale.leaseMs),
          CLOCK_OFF_MS: String(offMs),
        },
        ready: /"port":(\d+).*Usher is ready/,
        heard: (text) => void logged.write(text),
      },
      children,
    );
    const replica = { child, endpoint: `http://127.0.0.1:${told}/api/messages`, offMs, isPaused: false };
    replicas.add(replica);
    child.once('exit', () => {
      replicas.delete(replica);
      logged.end();
    });
  }

  const running = () => [...replicas].filter(({ isPaused }) => !isPaused);

  return {
    endpoint: () => (replicas.size === 0 ? null : oneOf(random, [...replicas]).endpoint),
    add,
    async replaceOne() {
      const candidates = running();
      if (candidates.length === 0) return;
      const victim = oneOf(random, candidates);
      killed += 1;
      await kill(victim.child);
      // A replica that does not come up is started once more, as an orchestrator would.
      starting.push(add(victim.offMs).catch(() => add(victim.offMs)));
    },
    async whole() {
      await Promise.all(starting);
    },
    end() {
      isOver = true;
      for (const one of starting) one.catch(() => undefined);
    },
    async pauseOne(ms) {
      const candidates = running();
      if (candidates.length === 0) return;
      const sleeper = oneOf(random, candidates);
      sleeper.isPaused = true;
      sleeper.child.kill('SIGSTOP');
      await new Promise((resolve) => setTimeout(resolve, ms));
      sleeper.child.kill('SIGCONT');
      sleeper.isPaused = false;
    },
    get killed() {
      return killed;
    },
  };
}
