import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { TurnedAway } from './guard.ts';

/**
 * Limits the cost of senders that the guard refuses: people of other tenants, and activities without a person. At most
 * one entry a minute is recorded for a tenant, with a count, and a few people are answered, each once. The first is
 * recorded at once, and those that follow within the minute when it is over. Each process counts for itself.
 *
 * A tenant is forgotten a minute after its last activity. Beyond a number of tenants at a time all further ones count
 * as one, so that memory stays bounded.
 */
export interface Strangers {
  /** Counts one refusal. Resolves, after any record is written, with whether it may be answered. Never rejects. */
  take(stranger: Stranger): Promise<boolean>;
  /** Records the counts that are not recorded yet. */
  stop(): Promise<void>;
}

export interface Stranger {
  /** As the activity names it; may be any text. */
  readonly tenantId: string;
  /** Entra object id; empty where the activity has none. */
  readonly actorId: string;
  /** Distinguishes senders without an id. */
  readonly conversation: string;
  readonly why: TurnedAway;
}

/** The refusals of one tenant, combined. */
export interface TurnedAwaySum {
  /** Empty where no tenant was named, and where several are counted as one. */
  readonly tenantId: string;
  /** Empty where there were several people, or no known one. */
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

  /** Runs as long as there are refusals of the tenant to record. */
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
