import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { clouds } from '../../src/clouds.ts';
import {
  createProvisioningLog,
  type LogQuery,
  type LogRead,
  type ProvisioningLog,
} from '../../src/graph/provisioning-log.ts';
import { createSynchronization } from '../../src/graph/synchronization.ts';
import type { Fault } from '../../src/sandbox/graph/faults.ts';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import { type Person, people } from '../../src/sandbox/tenant/people.ts';
import { createTestClock, type TestClock } from '../support/clock.ts';
import { eventually } from '../support/eventually.ts';
import { type Bench, startBench } from './support.ts';

/** Longer than any wait here: the clock of these tests stands still until a test moves it. */
const patienceMs = 2_500;
const { salesforce, serviceNow } = apps;

let bench: Bench;
let clock: TestClock;
let log: ProvisioningLog;

beforeEach(async () => {
  bench = await startBench();
  clock = createTestClock();
  log = createProvisioningLog({ graph: bench.graph, clock, hasProvisioningLog: true });
});

afterEach(() => bench.close());

function query(person: Person, jobId: string | null = salesforce.job?.id ?? ''): LogQuery {
  return { personId: person.id, entraIs: 'source', jobId };
}

const read = (person: Person, jobId?: string | null): Promise<LogRead> => log.read(query(person, jobId), patienceMs);

function failNext(fault: Fault): void {
  bench.sandbox.failNext('/auditLogs/provisioning', fault);
}

function recordsAre(...value: readonly unknown[]): void {
  failNext({ kind: 'status', status: 200, body: { value } });
}

async function provision(app: typeof salesforce | typeof serviceNow, person: Person): Promise<void> {
  const call = {
    servicePrincipalId: app.id,
    jobId: app.job?.id ?? '',
    ruleId: app.job?.rules[0]?.id ?? '',
    subject: { id: person.id, type: 'User' },
  };
  const synchronization = createSynchronization({ graph: bench.graph, clock: bench.clock });
  const answer = await synchronization.provisionOnDemand(call, new AbortController().signal);
  expect(answer).toMatchObject({ kind: 'ok' });
}

const auditSample: Record<string, unknown> = JSON.parse(
  readFileSync(new URL('../fixtures/graph/provisioning-record-failed.json', import.meta.url), 'utf8'),
);

describe('the provisioning log of a person and an app', () => {
  it("shows Grady's conflict: what was tried, where it failed and why", async () => {
    const found = await read(people.grady);

    expect(found).toEqual({
      kind: 'read',
      complete: true,
      entries: [
        {
          id: expect.any(String),
          changeId: expect.any(String),
          objectIds: [people.grady.id],
          jobId: salesforce.job?.id,
          servicePrincipalId: salesforce.id,
          at: expect.any(Number),
          action: { kind: 'create' },
          status: { kind: 'failure' },
          outcome: expect.objectContaining({ kind: 'failed', code: 'SalesforceEntryConflict' }),
          scope: 'in',
          error: {
            code: 'SalesforceEntryConflict',
            reason: expect.stringContaining('409'),
            recommendedAction: null,
          },
          skipReason: null,
          stoppedAt: { type: 'export', name: 'EntryExportAdd' },
          initiatedBy: { type: 'system', name: 'Azure AD Provisioning Service' },
        },
      ],
    });
  });

  it('is empty for Isaiah before, and shows his account after', async () => {
    const before = await read(people.isaiah);
    await provision(salesforce, people.isaiah);
    await clock.advance(15_000);
    const after = await read(people.isaiah);

    expect(before).toEqual({ kind: 'read', entries: [], complete: true });
    expect(after).toMatchObject({
      entries: [
        { action: { kind: 'create' }, status: { kind: 'success' }, outcome: { kind: 'created' }, stoppedAt: null },
      ],
    });
  });

  it('shows why Diego was skipped', async () => {
    await provision(salesforce, people.diego);

    expect(await read(people.diego)).toMatchObject({
      entries: [
        {
          action: { kind: 'other' },
          status: { kind: 'skipped' },
          outcome: { kind: 'notInScope', failedChecks: expect.arrayContaining(['assigned']) },
          scope: 'out',
          error: null,
          skipReason: 'NotEffectivelyEntitled',
        },
      ],
    });
  });

  it('has the newest entry first, whatever order they come in', async () => {
    const at = (activityDateTime: string | null) => ({ ...auditSample, id: activityDateTime, activityDateTime });
    const [older, newer, newest] = ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00.1234567Z', '2026-01-03T00:00:00Z'];
    recordsAre(at(newer), at(older), at(newest));

    const found = await read(people.adele);

    expect(found).toMatchObject({ entries: [{ id: newest }, { id: newer }, { id: older }] });
  });

  it('holds no attributes, names or sentences about the person', async () => {
    await provision(salesforce, people.isaiah);

    const told = JSON.stringify(await read(people.isaiah));

    expect(told).toContain('EntryExportAdd');
    for (const secret of ['isaiah@contoso.com', 'Isaiah', 'Langer', people.isaiah.jobTitle]) {
      expect(told).not.toContain(secret);
    }
  });

  it('says when there is more than it read', async () => {
    for (let made = 0; made < 26; made += 1) {
      const [record] = bench.sandbox.tenant.auditRecords();
      if (record !== undefined) bench.sandbox.tenant.record({ ...record, id: `record ${made}` });
    }

    const found = await read(people.grady);

    expect(found).toMatchObject({ kind: 'read', complete: false });
    expect(found.kind === 'read' && found.entries.length).toBe(25);
  });

  it('covers all jobs at once when the caller names no job, in one call', async () => {
    await provision(salesforce, people.adele);
    await provision(serviceNow, people.adele);

    const found = await read(people.adele, null);

    const jobs = found.kind === 'read' ? found.entries.map(({ jobId }) => jobId) : [];
    expect(new Set(jobs)).toEqual(new Set([salesforce.job?.id, serviceNow.job?.id]));
    expect(bench.sandbox.requests.filter(({ path }) => path.startsWith('/auditLogs'))).toHaveLength(1);
  });

  it('finds the person on Entra’s side: at the target, where people come from Active Directory', async () => {
    await log.read({ personId: people.adele.id, entraIs: 'target', jobId: "it's" }, patienceMs);

    expect(bench.sandbox.requests[0]?.query).toContain(
      `$filter=jobId eq 'it''s' and targetIdentity/id eq '${people.adele.id}'`,
    );
  });

  it('is read in any order where Graph cannot sort it', async () => {
    failNext({ kind: 'status', status: 400 });

    const found = await read(people.grady);

    expect(found).toMatchObject({ kind: 'read', entries: [{ outcome: { kind: 'failed' } }] });
    expect(bench.sandbox.requests.map((request) => request.query.includes('$orderby'))).toEqual([true, false]);
  });
});

describe('the provisioning log of a job and a time', () => {
  const jobId = salesforce.job?.id ?? '';
  const begins = Date.parse('2026-11-27T08:00:00Z');
  const ends = begins + 3_600_000;
  const at = (ms: number, more: Record<string, unknown> = {}) => ({
    ...{ ...auditSample, ...more },
    id: `at ${ms - begins}`,
    activityDateTime: new Date(ms).toISOString(),
  });
  const succeeded = { provisioningStatusInfo: { status: 'success' } };
  const idsOf = (found: LogRead) => (found.kind === 'read' ? found.entries.map(({ id }) => id) : found);

  it('asks for the entries after one moment, up to another', async () => {
    await log.readFailures(jobId, begins, ends);

    const [{ query: asked } = { query: '' }] = bench.sandbox.requests;
    expect(asked).toContain(`jobId eq '${jobId}' and activityDateTime gt 2026-11-27T08:00:00.000Z`);
    expect(asked).toContain('activityDateTime lt 2026-11-27T09:00:00.001Z');
  });

  it('has the failures of that time alone, the newest first, with whom they are about', async () => {
    recordsAre(at(begins), at(begins + 1), at(begins + 2, succeeded), at(ends), at(ends + 1));

    const found = await log.readFailures(jobId, begins, ends);

    expect(idsOf(found)).toEqual(['at 3600000', 'at 1']);
    expect(found).toMatchObject({ complete: true, entries: [{ objectIds: [expect.any(String)] }, {}] });
  });

  it('has the deletions that are held back, however the service spells them', async () => {
    const held = ['stagedDelete', 'StagedDelete', 'delete', 'create'];
    recordsAre(...held.map((provisioningAction, index) => at(begins + index + 1, { provisioningAction })));

    expect(idsOf(await log.readHeldBack(jobId, begins, ends))).toEqual(['at 2', 'at 1']);
  });

  it('follows the pages, and says so where there are more than it may read', async () => {
    for (let made = 0; made < 1_001; made += 1) {
      const [record] = bench.sandbox.tenant.auditRecords();
      const activityDateTime = new Date(begins + 1 + made).toISOString();
      if (record !== undefined) bench.sandbox.tenant.record({ ...record, id: `record ${made}`, activityDateTime });
    }

    const found = await log.readFailures(jobId, begins, ends);
    await clock.advance(60_000);
    const some = await log.readFailures(jobId, begins, begins + 300);

    expect(found).toMatchObject({ kind: 'read', complete: false });
    expect(idsOf(found)).toHaveLength(1_000);
    expect(some).toMatchObject({ kind: 'read', complete: true });
    expect(idsOf(some)).toHaveLength(300);
  });

  it('says where it may not be read, and where Graph refuses', async () => {
    failNext({ kind: 'status', status: 403 });
    const forbidden = await log.readFailures(jobId, begins, ends);
    failNext({ kind: 'status', status: 500 });
    const broken = await log.readFailures(jobId, begins, ends);

    expect(forbidden).toEqual({ kind: 'notAvailable', why: 'permission' });
    expect(broken).toEqual({ kind: 'unread', why: 'away' });
  });
});

describe('an entry of the log', () => {
  it("of Microsoft's own example is a failed creation", async () => {
    recordsAre(auditSample);

    expect(await read(people.adele)).toMatchObject({
      entries: [
        {
          id: 'gc532ff9-r265-ec76-861e-42e2970a8218',
          changeId: 'eaad2f8b-e6e3-409b-83bd-e4e2e57177d5',
          at: Date.parse('2019-06-24T20:53:08Z'),
          action: { kind: 'create' },
          status: { kind: 'failure' },
          outcome: { kind: 'failed', code: 'ContosoEntryConflict' },
          scope: 'notTold',
          error: { code: 'ContosoEntryConflict' },
          stoppedAt: { type: 'export', name: 'EntryExportAdd' },
        },
      ],
    });
  });

  it('with unknown words is passed on by them, and is no success', async () => {
    recordsAre({ id: 'new', provisioningAction: 'Merge', provisioningStatusInfo: { status: 'Deferred' } });

    expect(await read(people.adele)).toMatchObject({
      entries: [
        {
          action: { kind: 'unknown', code: 'Merge' },
          status: { kind: 'unknown', code: 'Deferred' },
          outcome: { kind: 'unknown' },
        },
      ],
    });
  });

  it('that holds nothing but its id is still an entry; one without an id is left out', async () => {
    recordsAre({ provisioningAction: 'create' }, 7, {
      id: 'odd',
      provisioningSteps: 'none',
      provisioningStatusInfo: 3,
      initiatedBy: [],
    });

    expect(await read(people.adele)).toEqual({
      kind: 'read',
      complete: true,
      entries: [
        {
          id: 'odd',
          changeId: null,
          objectIds: [],
          jobId: null,
          servicePrincipalId: null,
          at: null,
          action: { kind: 'unknown', code: '' },
          status: { kind: 'unknown', code: '' },
          outcome: { kind: 'unknown', why: 'unreadable' },
          scope: 'notTold',
          error: null,
          skipReason: null,
          stoppedAt: null,
          initiatedBy: null,
        },
      ],
    });
  });
});

describe('an unavailable log', () => {
  it('is not requested in a cloud without one, which is China alone', async () => {
    const without = Object.entries(clouds).filter(([, cloud]) => !cloud.hasProvisioningLog);
    const none = createProvisioningLog({ graph: bench.graph, clock, hasProvisioningLog: false });

    const found = await none.read(query(people.grady), patienceMs);

    expect(without.map(([name]) => name)).toEqual(['china']);
    expect(found).toEqual({ kind: 'notAvailable', why: 'cloud' });
    expect(bench.sandbox.requests).toHaveLength(0);
  });

  it.each([
    ['the license', 'Authentication_RequestFromNonPremiumTenantOrB2CTenant', 'licence'],
    ['the permission', 'Authentication_MSGraphPermissionMissing', 'permission'],
    ['the permission, by a 403 that says nothing', 'UnknownError', 'permission'],
  ])('lacks %s, and Usher does not repeat that request again and again', async (_what, code, why) => {
    failNext({ kind: 'status', status: 403, body: { error: { code, message: '' } } });

    const found = [await read(people.grady), await read(people.grady)];

    expect(found).toEqual([
      { kind: 'notAvailable', why },
      { kind: 'notAvailable', why },
    ]);
    expect(bench.sandbox.requests).toHaveLength(1);
  });

  it.each([
    ['throttled', { kind: 'status', status: 429 }],
    ['away', { kind: 'status', status: 503 }],
    ['away', { kind: 'reset' }],
    ['refused', { kind: 'status', status: 401 }],
    ['unreadable', { kind: 'html' }],
    ['unreadable', { kind: 'status', status: 200, body: { value: 'none' } }],
  ] satisfies [string, Fault][])('is unread, being %s, after one call only: %j', async (why, fault) => {
    failNext(fault);

    const found = await read(people.grady);

    expect(found).toEqual({ kind: 'unread', why });
    expect(bench.sandbox.requests).toHaveLength(1);
  });

  it('is requested again at once after a failure, as failures are not cached', async () => {
    failNext({ kind: 'status', status: 503 });

    await read(people.grady);

    expect(await read(people.grady)).toMatchObject({ kind: 'read' });
  });
});

describe('a slow log', () => {
  it('is given up when the time is over, though Graph never answers', async () => {
    failNext({ kind: 'silence' });

    const reading = read(people.grady);
    await eventually(() => bench.sandbox.requests.length === 1);
    await clock.advance(patienceMs);

    expect(await reading).toEqual({ kind: 'unread', why: 'tooSlow' });
  });

  it('serves the next caller with the answer that came too late', async () => {
    failNext({ kind: 'slow', ms: 300 });

    const reading = read(people.grady);
    await clock.advance(patienceMs);
    const first = await reading;
    const second = await read(people.grady);

    expect(first).toEqual({ kind: 'unread', why: 'tooSlow' });
    expect(second).toMatchObject({ kind: 'read' });
    expect(bench.sandbox.requests).toHaveLength(1);
  });
});

describe('the rate of requests to the log', () => {
  const { adele, isaiah, grady, diego, nestor, megan } = people;

  it('is one in a quarter of a minute for the same question', async () => {
    await read(grady);
    await clock.advance(14_999);
    await read(grady);
    const within = bench.sandbox.requests.length;
    await clock.advance(1);
    await read(grady);

    expect(within).toBe(1);
    expect(bench.sandbox.requests).toHaveLength(2);
  });

  it('is five in ten seconds; the sixth caller gets "busy", which is not cached', async () => {
    const found = await Promise.all([adele, isaiah, grady, diego, nestor, megan].map((person) => read(person)));
    await clock.advance(10_500);
    const later = await read(megan);

    expect(found.map(({ kind }) => kind)).toEqual(['read', 'read', 'read', 'read', 'read', 'unread']);
    expect(found[5]).toEqual({ kind: 'unread', why: 'busy' });
    expect(later).toMatchObject({ kind: 'read' });
    expect(bench.sandbox.requests).toHaveLength(6);
  });

  it('is zero for as long as Graph asks for patience', async () => {
    failNext({ kind: 'status', status: 429, headers: { 'Retry-After': '60' } });

    const first = await read(adele);
    await clock.advance(57_999);
    const within = await read(grady);
    await clock.advance(2_001);
    const after = await read(grady);

    expect([first, within]).toEqual([
      { kind: 'unread', why: 'throttled' },
      { kind: 'unread', why: 'busy' },
    ]);
    expect(after).toMatchObject({ kind: 'read' });
    expect(bench.sandbox.requests).toHaveLength(2);
  });
});
