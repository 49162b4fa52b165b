import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createAssignments } from '../../../src/graph/assignments.ts';
import { readOutcome } from '../../../src/graph/outcome/read-outcome.ts';
import { judgeRemoval } from '../../../src/graph/outcome/removal-verdict.ts';
import { createSynchronization } from '../../../src/graph/synchronization.ts';
import { apps, type SynchronizationJob } from '../../../src/sandbox/tenant/applications.ts';
import { groups } from '../../../src/sandbox/tenant/groups.ts';
import { people } from '../../../src/sandbox/tenant/people.ts';
import { type Bench, startBench } from '../support.ts';

const replicationMs = 60_000;
const { salesforce, gitHubEnterprise } = apps;
const { adele, diego } = people;

let bench: Bench;
/** How far the sandbox's clock is ahead. */
let lateMs: number;

beforeEach(async () => {
  lateMs = 0;
  const now = () => Date.parse('2026-03-02T09:00:00Z') + lateMs;
  const clock = { now, monotonic: now, sleep: async () => undefined };
  bench = await startBench({}, { clock, replicationMs, limit: 1000 });
});

afterEach(() => bench.close());

/** Provisions on demand, and judges the answer by what Entra lists. */
async function judged(app: { readonly id: string } = salesforce, personId: string = adele.id) {
  const { graph, clock } = bench;
  const synchronization = createSynchronization({ graph, clock });
  const job = await synchronization.findJob(app.id);
  const jobId = job.ok && job.value.kind === 'one' ? job.value.job.id : '';
  const rule = await synchronization.findRule(app.id, jobId, 'User');
  const answer = await synchronization.provisionOnDemand(
    {
      servicePrincipalId: app.id,
      jobId,
      ruleId: (rule.ok && rule.value?.id) || '',
      subject: { id: personId, type: 'User' },
    },
    AbortSignal.timeout(5_000),
  );
  const left = await createAssignments({ graph, clock }).list(personId, app.id);
  return judgeRemoval(
    readOutcome(answer.kind === 'ok' ? answer.body : null),
    left.ok && left.value.length > 0 ? 'some' : 'none',
  );
}

async function unassignAll(app: { readonly id: string } = salesforce, personId: string = adele.id) {
  const assignments = createAssignments(bench);
  const found = await assignments.list(personId, app.id);
  for (const one of found.ok ? found.value : []) if (one.via === 'direct') await assignments.unassign(personId, one);
}

describe('a removal in the sandbox', () => {
  it('is not seen until the unassignment is replicated, and is verified then and ever after', async () => {
    await unassignAll();
    lateMs = replicationMs - 1;
    const early = await judged();
    lateMs = replicationMs;
    const first = await judged();
    const second = await judged();

    expect([early, first, second]).toEqual([
      { kind: 'notYet' },
      { kind: 'verified', how: 'disabled' },
      { kind: 'verified', how: 'inactiveAlready' },
    ]);
  });

  it('is none while an assigned group holds the person', async () => {
    const member = groups.salesTeam.memberIds[0] ?? '';
    await judged(gitHubEnterprise, member);

    await unassignAll(gitHubEnterprise, member);
    lateMs = replicationMs;

    expect(await judged(gitHubEnterprise, member)).toEqual({ kind: 'notRemoved', why: 'stillEntitled' });
    expect(bench.sandbox.tenant.isAssigned(gitHubEnterprise.id, groups.salesTeam.id)).toBe(true);
  });

  it.each<[string, Partial<Omit<SynchronizationJob, 'id' | 'rules'>>, unknown]>([
    ['deletes', { removal: 'deletes' }, { kind: 'verified', how: 'deleted' }],
    ['skips deletions out of scope', { removal: 'skips' }, { kind: 'notRemoved', why: 'accountAlive' }],
    ['maps no active', { removal: 'unmapped' }, { kind: 'cannotBeVerified', why: 'noActiveMapping' }],
    ['takes everybody', { takesEverybody: true }, { kind: 'cannotBeVerified', why: 'syncsAll' }],
    ['is in quarantine', { health: 'quarantined' }, { kind: 'unknown', why: 'noAnswer' }],
  ])('in an app that %s', async (_what, changes, verdict) => {
    bench.sandbox.tenant.changeJob(salesforce.id, changes);

    await unassignAll();
    lateMs = replicationMs;

    expect(await judged()).toEqual(verdict);
  });

  it('leaves an account alive that was never linked', async () => {
    const { tenant } = bench.sandbox;
    const { attributes = {} } = tenant.account(salesforce.id, adele.id) ?? {};
    tenant.keepAccount(salesforce.id, adele.id, { active: true, attributes, unlinked: true });

    await unassignAll();
    lateMs = replicationMs;

    expect(await judged()).toEqual({ kind: 'notRemoved', why: 'accountAlive' });
  });

  it('leaves the account of a person alive who is disabled in Entra', async () => {
    bench.sandbox.tenant.changePerson(adele.id, { accountEnabled: false });

    await unassignAll();
    lateMs = replicationMs;

    expect(await judged()).toEqual({ kind: 'notRemoved', why: 'accountAlive' });
  });

  it.each([
    [true, { kind: 'verified', how: 'nothingThere' }],
    [false, { kind: 'unknown', why: 'noMatching' }],
  ])('finds nothing to remove only where the connector says so: %s', async (tellsAbsence, verdict) => {
    bench.sandbox.tenant.changeJob(salesforce.id, { tellsAbsence });

    expect(await judged(salesforce, diego.id)).toEqual(verdict);
  });
});
