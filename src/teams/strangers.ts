import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { TurnedAway } from './guard.ts';

/**
 * How much those may cost whom the guard turns away: people of other tenants, and what carries no person at all. Of a
 * tenant one entry is recorded in a minute, with a count, and a few people are answered, each once. The first is
 * recorded at once, and those that follow within the minute when it is over. Each process counts for itself.
 *
 * What is kept of a tenant is gone a minute after its last activity. Beyond so many tenants at a time all further ones
 * are counted as one, so that the memory has a bound whoever writes.
 */
export interface Strangers {
  /** Counts one. Resolves with whether it may be answered, after what is to be recorded is. Never rejects. */
  take(stranger: Stranger): Promise<boolean>;
  /** Records what was counted and is not recorded yet. */
  stop(): Promise<void>;
}

export interface Stranger {
  /** As the activity names it; may be anything. */
  readonly tenantId: string;
  /** Entra object id; empty where the activity carries none. */
  readonly actorId: string;
  /** Tells apart those who have no id. */
  readonly conversation: string;
  readonly why: TurnedAway;
}

/** Those of one tenant, taken together. */
export interface TurnedAwaySum {
  /** Empty where no tenant was named, and for those of many tenants. */
  readonly tenantId: string;
  /** Empty where there were several people, or none that is known. */
  readonly actorId: string;
  /** Each once. */
  readonly reasons: readonly TurnedAway[];
  readonly count: number;
}

export interface StrangersParts {
  readonly record: (sum: TurnedAwaySum) => Promise<void>;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly log: Log;
}

interface Tenant {
  readonly answered: Set<string>;
  /** Not recorded yet; null for none. */
  sum: TurnedAwaySum | null;
}

const windowMs = 60_000;
const mostTenants = 20;
const mostAnswered = 3;
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function createStrangers({ record, clock, log }: StrangersParts): Strangers {
  const tenants = new Map<string, Tenant>();
  const stopping = new AbortController();

  function tenantOf(named: string): string {
    const tenantId = named.toLowerCase();
    return guid.test(tenantId) && (tenants.has(tenantId) || tenants.size < mostTenants) ? tenantId : '';
  }

  async function write(tenant: Tenant): Promise<void> {
    const { sum } = tenant;
    if (sum === null) return;
    tenant.sum = null;
    const { tenantId, actorId, reasons, count } = sum;
    log.warn({ code: 'turned_away', why: reasons.join(', '), tenantId, actorId, count }, 'activities were turned away');
    try {
      await record(sum);
    } catch (error) {
      log.warn({ error, code: 'turned_away_unrecorded' }, 'activities that were turned away are recorded later');
      tenant.sum = added(sum, tenant.sum);
    }
  }

  /** For as long as there is something to tell of the tenant. */
  async function keep(tenantId: string, tenant: Tenant): Promise<void> {
    for (;;) {
      await clock.sleep(windowMs, stopping.signal);
      if (stopping.signal.aborted) return;
      if (tenant.sum === null) {
        tenants.delete(tenantId);
        return;
      }
      tenant.answered.clear();
      await write(tenant);
    }
  }

  return {
    async take({ tenantId: named, actorId, conversation, why }) {
      const tenantId = tenantOf(named);
      const known = tenants.get(tenantId);
      const tenant = known ?? { answered: new Set(), sum: null };
      tenant.sum = added({ tenantId, actorId, reasons: [why], count: 1 }, tenant.sum);
      const person = actorId === '' ? conversation : actorId;
      const mayAnswer = !tenant.answered.has(person) && tenant.answered.size < mostAnswered;
      if (mayAnswer) tenant.answered.add(person);
      if (known === undefined) {
        tenants.set(tenantId, tenant);
        void keep(tenantId, tenant);
        await write(tenant);
      }
      return mayAnswer;
    },
    async stop() {
      stopping.abort();
      await Promise.all([...tenants.values()].map(write));
    },
  };
}

function added(one: TurnedAwaySum, other: TurnedAwaySum | null): TurnedAwaySum {
  if (other === null) return one;
  return {
    tenantId: one.tenantId,
    actorId: one.actorId === other.actorId ? one.actorId : '',
    reasons: [...new Set([...other.reasons, ...one.reasons])].toSorted(),
    count: one.count + other.count,
  };
}
