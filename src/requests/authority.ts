import type { Access } from '../access/access.ts';
import { type Basis, basisOf, byItself } from '../access/basis.ts';
import type { Permission } from '../access/caller.ts';
import { deny, type Ground } from '../access/policy.ts';
import { type StillMay, stillMay } from '../access/still-may.ts';
import { assertNever } from '../assert-never.ts';
import type { Database } from '../db/database.ts';
import { ordererMayNot } from '../graph/outcome/refusal.ts';
import type { Synchronization } from '../graph/synchronization.ts';
import type { Log } from '../log.ts';
import type { Settlement } from './attempt.ts';
import { endWaiting } from './ending.ts';
import { endSource } from './entitlement.ts';
import type { ClaimedTask } from './queue.ts';
import { isRemoval, isToAssign, type Task } from './request.ts';
import type { Postponement } from './running.ts';
import { accessSource, type StoreParts } from './store.ts';

/**
 * Whether the person who started a task may still do so when its turn comes. A long list waits for hours, and meanwhile
 * a person may be disabled or lose the role. A request that carries out an access request rests on two people: the
 * requester may ask, and the approver may decide. A retry rests on the person who clicked it, a confirmed list on the
 * person who confirmed it, an assignment before the call on the person who ordered it, or on the approval. Once an
 * assignment is deleted, the call that has the account disabled and proves it is made in any case.
 */
export interface Authority {
  /** Roles are a minute old at most. */
  of(ordered: OrderedTask): Promise<StillMay>;
  /** On what basis, where that person may. What was approved, and what ends, is based on the entry that says so. */
  basisOf?(ordered: OrderedTask): Promise<Basis>;
}

export interface OrderedTask extends Pick<ClaimedTask, 'requestedById' | 'orderedBy' | 'source'> {
  readonly task: Task;
}

export interface AuthorityParts {
  readonly database: Database;
  readonly access: Pick<Access, 'identify'>;
  readonly synchronization: Pick<Synchronization, 'findRule'>;
}

const onAnyOtherJob: Ground = { cloudSync: false };

export function createAuthority({ database, access, synchronization }: AuthorityParts): Authority {
  const may = (personId: string, permission: Permission, ground?: Ground) =>
    stillMay(access, personId, (caller) => deny(caller, permission, ground) === null);

  async function mayProvision(personId: string, { task }: OrderedTask): Promise<StillMay> {
    if ((await may(personId, 'provision.run', onAnyOtherJob)) === 'may') return 'may';
    const somewhere = await may(personId, 'provision.run');
    if (somewhere !== 'may') return somewhere;
    const rule = await synchronization.findRule(task.app.id, task.jobId, task.subject.type);
    if (!rule.ok) return 'unknown';
    return may(personId, 'provision.run', { cloudSync: rule.value?.source === 'activeDirectory' });
  }

  async function mayBeCarriedOut(accessRequestId: string, requestedById: string): Promise<StillMay> {
    const row = await database.query
      .selectFrom('access_requests')
      .select('decided_by_id')
      .where('id', '=', accessRequestId)
      .executeTakeFirst();
    const requester = await may(requestedById, 'access.request');
    if (requester !== 'may' || row?.decided_by_id == null) return requester;
    return may(row.decided_by_id, 'access.decide');
  }

  async function mayRemove({ requestedById, orderedBy }: OrderedTask): Promise<StillMay> {
    const requester = await may(requestedById, 'removal.run');
    if (requester !== 'may' || orderedBy === null || orderedBy === requestedById) return requester;
    return may(orderedBy, 'removal.confirm');
  }

  return {
    async of(ordered) {
      const { orderedBy, requestedById, source, task } = ordered;
      // A retry by another person does not make the assignment theirs.
      if (source.startsWith(accessSource) && (orderedBy === null || isToAssign(task)))
        return mayBeCarriedOut(source.slice(accessSource.length), requestedById);
      // Access ends whatever became of the person who asked for it.
      if (source.startsWith(endSource)) return 'may';
      if (isRemoval(task)) return isToAssign(task) ? mayRemove(ordered) : 'may';
      const personId = orderedBy ?? requestedById;
      return isToAssign(task) ? may(personId, 'request.assign') : mayProvision(personId, ordered);
    },
    async basisOf({ orderedBy, requestedById, source, task }) {
      if (source.startsWith(accessSource) && orderedBy === null) return byItself;
      if (source.startsWith(endSource)) return byItself;
      const personId = isRemoval(task) ? requestedById : (orderedBy ?? requestedById);
      const who = await access.identify({ id: personId, tenantId: '' });
      return who.kind === 'caller' ? basisOf(who.caller, isRemoval(task) ? 'removal.run' : 'provision.run') : byItself;
    },
  };
}

interface RefusalParts {
  readonly store: StoreParts;
  readonly authority?: Authority;
  readonly log: Log;
}

/** The pause before Graph is asked again whether a task may be sent. */
const askAgainMs = 5_000;

/** If Graph cannot tell who may start a call, the gate assumes that it cannot take calls either. */
const untold: Postponement = {
  reason: 'unreachable',
  delayMs: askAgainMs,
  unsent: true,
  evidence: { kind: 'trouble', code: 'authority_unknown', retryAfterMs: null },
};

/**
 * How a claimed task ends whose person may no longer start it; waiting tasks that rest on the same person end with it.
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
      await endWaiting(store, task.requestId, ordererMayNot, why);
      const unasked = { graphRequestId: null, clientRequestId: null, evidence: { kind: 'nothing' } } as const;
      return { kind: 'done', outcome: ordererMayNot, ...unasked, unsent: true };
    }
    default:
      return assertNever(standing, 'standing');
  }
}
