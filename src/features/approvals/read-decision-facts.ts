import type { Access } from '../../access/access.ts';
import { roleAssignedBy } from '../../apps-file.ts';
import { type ReadJobParts, readJob } from '../../chat/jobs/read-jobs.ts';
import { personOf } from '../../chat/known-people.ts';
import type { Application } from '../../graph/applications.ts';
import type { Assignments } from '../../graph/assignments.ts';
import type { Directory } from '../../graph/directory.ts';
import type { AccessParts } from '../../requests/access-parts.ts';
import { presentAccess } from '../../requests/find-entitlements.ts';
import { lastCallFor } from '../../requests/last-call.ts';
import { isTooSlow, withinMs } from '../../time-limit.ts';
import type { AccessRequest } from './access-requests/access-request.ts';
import { asAskedFor } from './access-requests/asked-app.ts';
import type { AccountFacts } from './cards/account-facts.ts';
import type { DecisionFacts, WhyAsked } from './cards/decision-facts.ts';
import { decidersOf, someDeciders } from './deciders.ts';

export interface FactParts extends ReadJobParts {
  readonly store: AccessParts;
  readonly access: Pick<Access, 'identify' | 'managerOf' | 'contacts' | 'contactsOf'>;
  readonly directory: Pick<Directory, 'getUser'>;
  readonly assignments: Pick<Assignments, 'find'>;
}

/** What is read at the same time; a part that is later is shown as unread, or left out. */
const factsMs = 1_500;

/**
 * What a card tells before the decision, read live and bounded in time. Nothing of it is stored. `about` is for the
 * approvers alone.
 */
export async function readFacts(
  parts: FactParts,
  request: AccessRequest,
  reader: FactsReader,
): Promise<{ readonly account: AccountFacts; readonly about: DecisionFacts | null }> {
  const within = <T>(work: Promise<T>) => withinMs(work, factsMs, parts.store.clock);
  const { subject, app, requestedBy } = request;
  const entry = findApp(parts, request);
  const named = entry.then(async (one) => (one === null ? [] : decidersOf(parts, one)));
  const [user, assignment, found, deciders, present, about] = await Promise.all([
    within(parts.directory.getUser(subject.id)),
    within(parts.assignments.find(app.id, subject.id)),
    within(entry),
    reader.kind === 'requester' ? within(named) : [],
    presentAccess(parts.store.database, { personId: subject.id, appId: app.id }),
    reader.kind === 'requester' ? null : readAbout(parts, { subject, app }, entry, reader),
  ]);
  const roleName = isTooSlow(found) || found === null ? null : roleAssignedBy('approval', found);
  const profile = user.ok ? user.value : null;
  return {
    account: {
      account: { kind: accountOf(user) },
      assignment: assignment.ok ? assignment.value : { kind: 'unread' },
      assigns: roleName !== null,
      present,
      roleName,
      waitHours: parts.store.approvals.assignmentWaitHours,
      deciders: someDeciders(isTooSlow(deciders) ? [] : deciders, [requestedBy.id, subject.id]),
    },
    about:
      about === null
        ? null
        : { ...about, jobTitle: profile?.jobTitle ?? null, department: profile?.department ?? null },
  };
}

/** For whom a card is drawn, as far as the facts depend on it. `key` as in `routeSource`. */
export type FactsReader =
  /** `personId`: the requester, in their personal chat; null where others read along. */
  | { readonly kind: 'requester'; readonly personId: string | null }
  /** An approver who had the card shown. */
  | { readonly kind: 'approver'; readonly personId: string }
  | { readonly kind: 'place'; readonly key: string | null };

async function findApp({ applications }: FactParts, request: AccessRequest): Promise<Application | null> {
  const found = await applications.find(request.app.id);
  return found.ok && found.value.kind === 'one' ? asAskedFor(found.value.app, request) : null;
}

async function readAbout(
  parts: FactParts,
  { subject, app }: Pick<AccessRequest, 'subject' | 'app'>,
  entry: Promise<Application | null>,
  reader: Exclude<FactsReader, { kind: 'requester' }>,
): Promise<Omit<DecisionFacts, 'jobTitle' | 'department'>> {
  const within = <T>(work: Promise<T>) => withinMs(work, factsMs, parts.store.clock);
  const [manager, jobs, why, last] = await Promise.all([
    within(parts.access.managerOf(subject.id)),
    within(entry.then((found) => (found === null ? null : readJob(parts, found, factsMs)))),
    within(entry.then((found) => (found === null ? null : whyAsked(parts, found, reader)))),
    lastCallFor(parts.store.database, { personId: subject.id, appId: app.id }),
  ]);
  return {
    manager: !manager.ok
      ? { kind: 'unread' }
      : manager.value === null
        ? { kind: 'none' }
        : { kind: 'person', ...manager.value },
    job: jobs === null || isTooSlow(jobs) ? 'unread' : jobs.status,
    why: isTooSlow(why) ? null : why,
    last,
  };
}

/** Why this reader is asked; null where that is not known. */
async function whyAsked(
  parts: FactParts,
  app: Application,
  reader: Exclude<FactsReader, { kind: 'requester' }>,
): Promise<WhyAsked | null> {
  const personId = reader.kind === 'approver' ? reader.personId : reader.key === null ? null : personOf(reader.key);
  if (personId === null) return reader.kind === 'place' && reader.key !== null ? { kind: 'place' } : null;
  const [who, contacts] = await Promise.all([
    parts.access.identify({ id: personId, tenantId: '' }),
    decidersOf(parts, app),
  ]);
  if (who.kind !== 'caller') return null;
  const given = contacts.filter(({ id }) => who.caller.memberOf.includes(id));
  const group = given.find(({ kind }) => kind === 'group');
  // A person named in the list of apps, and one whose directory role decides.
  if (group === undefined || given.some(({ kind }) => kind === 'person')) return { kind: 'own' };
  return { kind: 'group', group: group.name };
}

function accountOf(
  user: Awaited<ReturnType<Directory['getUser']>> | { readonly ok: false },
): AccountFacts['account']['kind'] {
  if (!user.ok) return 'unread';
  if (user.value === null) return 'gone';
  return user.value.accountEnabled === false ? 'disabled' : 'enabled';
}
