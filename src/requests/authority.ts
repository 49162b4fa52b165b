import type { Access } from '../access/access.ts';
import type { Permission } from '../access/caller.ts';
import { deny, type Ground } from '../access/policy.ts';
import { type StillMay, stillMay } from '../access/still-may.ts';
import { assertNever } from '../assert-never.ts';
import type { Database } from '../db/database.ts';
import { overAll } from '../graph/outcome/over-all.ts';
import { ordererMayNot } from '../graph/outcome/refusal.ts';
import type { Synchronization } from '../graph/synchronization.ts';
import type { Log } from '../log.ts';
import type { Settlement } from './attempt.ts';
import { endWaiting } from './ending.ts';
import type { ClaimedTask } from './queue.ts';
import type { Postponement } from './running.ts';
import type { StoreParts } from './store.ts';

/**
 * Whether the person who has set a task going may still do so when its turn comes. A long list waits for hours, and a
 * person may be disabled or lose the role meanwhile. What carries out an access request rests on two people: its asker
 * may ask, and its decider may decide. A retry, and a yes to a list, is the word of the person who gave it.
 */
export interface Authority {
  /** Roles are a minute old at most. */
  of(claimed: ClaimedTask): Promise<StillMay>;
}

export interface AuthorityParts {
  readonly database: Database;
  readonly access: Pick<Access, 'identify'>;
  readonly synchronization: Pick<Synchronization, 'findRule'>;
}

/** How the source of a request begins that carries out an access request; its id follows. */
export const accessSource = 'access|';

const onAnyOtherJob: Ground = { cloudSync: false };

export function createAuthority({ database, access, synchronization }: AuthorityParts): Authority {
  const may = (personId: string, permission: Permission, ground?: Ground) =>
    stillMay(access, personId, (caller) => deny(caller, permission, ground) === null);

  async function mayProvision(personId: string, { task, appId }: ClaimedTask): Promise<StillMay> {
    if ((await may(personId, 'provision.run', onAnyOtherJob)) === 'may') return 'may';
    const somewhere = await may(personId, 'provision.run');
    if (somewhere !== 'may') return somewhere;
    const rule = await synchronization.findRule(appId, task.jobId, task.subject.type);
    if (!rule.ok) return 'unknown';
    return may(personId, 'provision.run', { cloudSync: rule.value?.source === 'activeDirectory' });
  }

  async function mayBeCarriedOut(accessRequestId: string, askerId: string): Promise<StillMay> {
    const row = await database.query
      .selectFrom('access_requests')
      .select('decided_by_id')
      .where('id', '=', accessRequestId)
      .executeTakeFirst();
    const asker = await may(askerId, 'access.request');
    if (asker !== 'may' || row?.decided_by_id == null) return asker;
    return may(row.decided_by_id, 'access.decide');
  }

  return {
    of(claimed) {
      const { orderedBy, askerId, source } = claimed;
      if (orderedBy === null && source.startsWith(accessSource))
        return mayBeCarriedOut(source.slice(accessSource.length), askerId);
      return mayProvision(orderedBy ?? askerId, claimed);
    },
  };
}

interface RefusalParts {
  readonly store: StoreParts;
  readonly authority?: Authority;
  readonly log: Log;
}

/** Until Graph is asked again whether a task may be sent. */
const askAgainMs = 5_000;

/** What keeps Graph from telling who may set a call going keeps it from taking calls, as far as the gate can know. */
const untold: Postponement = {
  reason: 'unreachable',
  delayMs: askAgainMs,
  unsent: true,
  evidence: { kind: 'trouble', code: 'authority_unknown', retryAfterMs: null },
};

/**
 * What becomes of a claimed task whose person may not set it going any more; what waits by the same word ends with it.
 * Null where the person may, and the call is made.
 */
export async function refusalOf(parts: RefusalParts, claimed: ClaimedTask): Promise<Settlement | null> {
  const { authority, store, log } = parts;
  const { task, orderedBy } = claimed;
  if (authority === undefined) return null;
  const standing = await authority.of(claimed).catch((error: unknown) => {
    log.warn({ error, code: 'authority_unread', taskId: task.id }, 'who set a task going was not looked up');
    return 'unknown' as const;
  });
  switch (standing) {
    case 'may':
      return null;
    case 'unknown':
      log.warn({ code: 'authority_unknown', taskId: task.id }, 'Graph did not tell who may set a call going');
      return { kind: 'again', postponement: untold };
    case 'mayNot':
    case 'unread': {
      const why = { reason: 'ordererMayNot', orderedBy };
      await endWaiting(store, task.requestId, (perhaps) => overAll(perhaps, ordererMayNot), why);
      const unasked = { graphRequestId: null, clientRequestId: null, evidence: { kind: 'nothing' } } as const;
      return { kind: 'done', outcome: ordererMayNot, ...unasked, unsent: true };
    }
    default:
      return assertNever(standing, 'standing');
  }
}
