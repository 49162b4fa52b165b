import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';

/**
 * Keeps refusals from filling the record. Of one person it gets a number of entries within an hour, and one entry with
 * the count and the codes of the others when that hour is over, or Usher stops. Each process counts for itself. Beyond a
 * number of people at a time all further ones count as one, so that memory and record stay bounded.
 */
export interface Refusals {
  /** Whether this refusal gets an entry of its own; otherwise it is counted. `code`: of the permission, or the reason. */
  take(actorId: string, code: string): boolean;
  /** Records the counts that are not recorded yet. */
  stop(): Promise<void>;
}

/** What was refused to one person without an entry of its own. */
export interface RefusalSum {
  /** Empty where several people are counted as one. */
  readonly actorId: string;
  readonly count: number;
  /** Each once. */
  readonly codes: readonly string[];
}

export interface RefusalsParts {
  readonly record: (sum: RefusalSum) => Promise<void>;
  readonly clock: Pick<Clock, 'monotonic' | 'sleep'>;
  readonly log: Log;
  /** How many entries a person gets within an hour. */
  readonly perHour?: number;
}

interface Person {
  readonly since: number;
  taken: number;
  count: number;
  readonly codes: Set<string>;
}

export const refusalsPerHour = 30;
const windowMs = 3_600_000;
const mostPeople = 1_000;

export function createRefusals({ record, clock, log, perHour = refusalsPerHour }: RefusalsParts): Refusals {
  const people = new Map<string, Person>();
  const stopping = new AbortController();

  const isOver = ({ since, count }: Person) => count === 0 && clock.monotonic() - since >= windowMs;

  function find(actorId: string): readonly [string, Person] {
    if (people.size >= mostPeople) for (const [id, one] of people) if (isOver(one)) people.delete(id);
    const id = people.has(actorId) || people.size < mostPeople ? actorId : '';
    const known = people.get(id);
    if (known !== undefined && !isOver(known)) return [id, known];
    const person = { since: clock.monotonic(), taken: 0, count: 0, codes: new Set<string>() };
    people.set(id, person);
    return [id, person];
  }

  /** False where the count could not be recorded. */
  async function write(actorId: string, { count, codes }: Person): Promise<boolean> {
    if (count === 0) return true;
    try {
      await record({ actorId, count, codes: [...codes].toSorted() });
      return true;
    } catch (error) {
      log.warn({ error, code: 'refusals_unrecorded', count }, 'refusals that were counted are recorded later');
      return false;
    }
  }

  /** Records what is counted of this person once the hour is over. */
  async function keep(actorId: string, person: Person): Promise<void> {
    for (let waitMs = person.since + windowMs - clock.monotonic(); ; waitMs = windowMs) {
      await clock.sleep(waitMs, stopping.signal);
      if (stopping.signal.aborted) return;
      // Nothing more is counted here, or the sum would miss it.
      people.delete(actorId);
      if (await write(actorId, person)) return;
      if (!people.has(actorId)) people.set(actorId, person);
    }
  }

  return {
    take(actorId, code) {
      const [id, person] = find(actorId);
      person.taken += 1;
      if (person.taken <= perHour) return true;
      person.count += 1;
      person.codes.add(code);
      if (person.count === 1) void keep(id, person);
      return false;
    },
    async stop() {
      stopping.abort();
      await Promise.all([...people].map(([id, person]) => write(id, person)));
    },
  };
}
