import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  createSynchronization,
  holdsDeletionsBack,
  type JobState,
  type Synchronization,
} from '../../src/graph/synchronization.ts';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { type Bench, startBench } from './support.ts';

const minuteMs = 60_000;
const { salesforce, serviceNow, concur, contosoAd, salesforceSandbox, zscaler, payroll } = apps;
const salesforceJob = salesforce.job?.id ?? '';

let bench: Bench;
let synchronization: Synchronization;

beforeEach(async () => {
  bench = await startBench();
  synchronization = createSynchronization({ graph: bench.graph, clock: bench.clock });
});

afterEach(() => bench.close());

function sample(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(new URL(`../fixtures/graph/${name}.json`, import.meta.url), 'utf8'));
}

const job = (id: string, code: unknown, schedule: unknown = 'Active') => ({
  id,
  schedule: { state: schedule },
  status: { code },
});

/** Lets Graph answer the next call with these jobs. */
function jobsAre(...value: readonly unknown[]): void {
  bench.sandbox.failNext(/\/synchronization\/jobs$/, { kind: 'status', status: 200, body: { value } });
}

async function stateOf(stored: unknown): Promise<JobState | null> {
  jobsAre(stored);
  const found = await synchronization.findJob('an app');
  return found.ok && found.value.kind === 'one' ? found.value.job.state : null;
}

describe('the job of an application', () => {
  it('is found by its service principal', async () => {
    const found = await synchronization.findJob(salesforce.id);

    expect(found).toEqual({
      ok: true,
      value: {
        kind: 'one',
        job: {
          id: salesforceJob,
          state: { kind: 'active' },
          mustStopFirst: false,
          lastRun: expect.objectContaining({ result: { kind: 'succeeded' } }),
          lastSuccess: expect.objectContaining({ counts: expect.objectContaining({ inScope: 6 }) }),
          cycleMs: 40 * 60_000,
        },
      },
    });
  });

  it.each([0, 10, 20, 30, 39])(
    'tells of its last cycle that succeeded while another one runs for %i min',
    async (age) => {
      const now = bench.sandbox.tenant.clock.now();
      const beganAt = now - age * minuteMs;
      bench.sandbox.tenant.changeJob(salesforce.id, { cycle: { beganAt, endsAt: now + minuteMs } });

      const found = await synchronization.findJob(salesforce.id);

      expect(found).toMatchObject({
        value: {
          job: {
            state: { kind: 'running' },
            lastRun: { began: Math.floor(beganAt), ended: null, counts: { inScope: 0 } },
            lastSuccess: { ended: expect.any(Number), counts: { inScope: 6 } },
          },
        },
      });
    },
  );

  it('is none where provisioning was never set up', async () => {
    expect(await synchronization.findJob(payroll.id)).toEqual({ ok: true, value: { kind: 'none' } });
  });

  it('is, of several, the one that can work', async () => {
    jobsAre(
      job('not configured', 'NotConfigured'),
      job('disabled', 'Active', 'Disabled'),
      job('quarantined', 'Quarantine'),
      job('never run', 'NotRun'),
      job('paused', 'Paused'),
      job('active', 'Active'),
    );

    const found = await synchronization.findJob('an app');

    expect(found).toMatchObject({ value: { job: { id: 'active' } } });
  });

  it('is, of several that cannot work, the one that comes closest', async () => {
    jobsAre(job('disabled', 'Active', 'Disabled'), job('quarantined', 'Quarantine'), job('never run', 'NotRun'));

    const found = await synchronization.findJob('an app');

    expect(found).toMatchObject({ value: { job: { id: 'never run' } } });
  });

  it('is found beside an unreadable one', async () => {
    jobsAre({ templateId: 'no id' }, job('active', 'Active'));

    const found = await synchronization.findJob('an app');

    expect(found).toMatchObject({ value: { job: { id: 'active' } } });
  });

  it('is an error, and not "none", when Graph refuses', async () => {
    bench.sandbox.failNext('/servicePrincipals', { kind: 'status', status: 403 });

    expect(await synchronization.findJob(salesforce.id)).toMatchObject({ ok: false, trouble: { status: 403 } });
  });

  it('is cached for a quarter of a minute, each app separately', async () => {
    await synchronization.findJob(salesforce.id);
    await synchronization.findJob(serviceNow.id);
    await bench.clock.advance(14_999);
    await synchronization.findJob(salesforce.id);
    const within = bench.sandbox.requests.length;
    await bench.clock.advance(1);
    await synchronization.findJob(salesforce.id);

    expect(within).toBe(2);
    expect(bench.sandbox.requests).toHaveLength(3);
  });

  it('is read past the cache when the caller wants it fresh', async () => {
    await synchronization.findJob(zscaler.id);

    const read = await synchronization.readJob(zscaler.id, zscaler.job?.id ?? '');

    expect(read).toMatchObject({ ok: true, value: { id: zscaler.job?.id, state: { kind: 'quarantined' } } });
    expect(bench.sandbox.requests).toHaveLength(2);
  });
});

describe('a job that may be gone', () => {
  const job = [salesforce.id, salesforceJob] as const;

  it('is gone where the app lists it no more, whatever was read of the app before', async () => {
    const before = [await synchronization.findJob(salesforce.id), await synchronization.isJobGone(...job)];
    bench.sandbox.failNext(/\/jobs$/, { kind: 'status', status: 200, body: { value: [] } });

    expect([before[0], before[1], await synchronization.isJobGone(...job)]).toEqual([
      expect.objectContaining({ ok: true }),
      false,
      true,
    ]);
  });

  it.each([
    [404, true],
    [403, false],
    [503, false],
  ])('is gone with its app, and not where Graph does not tell: %d', async (status, isGone) => {
    for (let tries = 0; tries < 5; tries += 1) bench.sandbox.failNext(/\/jobs$/, { kind: 'status', status });

    expect(await synchronization.isJobGone(...job)).toBe(isGone);
  });
});

describe('the rule of a job', () => {
  it.each([
    ['Salesforce', salesforce, 'user', { objectTypeName: 'User', source: 'entra' }],
    ['ServiceNow', serviceNow, 'group', { objectTypeName: 'Group', source: 'entra' }],
    ['Contoso AD', contosoAd, 'User', { objectTypeName: 'user', source: 'activeDirectory' }],
  ])('is read for %s', async (_name, app, type, expected) => {
    const rule = await synchronization.findRule(app.id, app.job?.id ?? '', type);

    expect(rule).toEqual({ ok: true, value: { id: app.job?.rules[0]?.id, ...expected } });
  });

  it('is the one fit for on-demand provisioning, though another has the lower priority', async () => {
    const rule = await synchronization.findRule(salesforceSandbox.id, salesforceSandbox.job?.id ?? '', 'user');

    expect(rule).toMatchObject({ value: { id: salesforceSandbox.job?.rules[1]?.id } });
  });

  it('is none for groups where the mapping of groups is switched off', async () => {
    expect(await synchronization.findRule(concur.id, concur.job?.id ?? '', 'group')).toEqual({ ok: true, value: null });
  });

  it('is an error where the schema cannot be read', async () => {
    bench.sandbox.failNext(/schema$/, { kind: 'html' });

    expect(await synchronization.findRule(salesforce.id, salesforceJob, 'user')).toMatchObject({
      ok: false,
      trouble: { kind: 'unreadable' },
    });
  });

  it('is cached for half an hour, with one call for users and groups', async () => {
    await synchronization.findRule(salesforce.id, salesforceJob, 'user');
    await synchronization.findRule(salesforce.id, salesforceJob, 'group');
    await bench.clock.advance(30 * minuteMs - 1);
    await synchronization.findRule(salesforce.id, salesforceJob, 'user');
    const within = bench.sandbox.requests.length;
    await bench.clock.advance(1);
    await synchronization.findRule(salesforce.id, salesforceJob, 'user');

    expect(within).toBe(1);
    expect(bench.sandbox.requests).toHaveLength(2);
  });

  it('is read again when the job no longer knows it, and the new one is cached', async () => {
    const [stored] = salesforce.job?.rules ?? [];
    const newer = {
      id: 'the new rule',
      objectMappings: [{ enabled: true, sourceObjectName: 'User' }],
    };
    await synchronization.findRule(salesforce.id, salesforceJob, 'user');
    bench.sandbox.failNext(/schema$/, { kind: 'status', status: 200, body: { synchronizationRules: [newer] } });

    const kept = await synchronization.findRule(salesforce.id, salesforceJob, 'user');
    const fresh = await synchronization.findRule(salesforce.id, salesforceJob, 'user', { fresh: true });
    const after = await synchronization.findRule(salesforce.id, salesforceJob, 'user');

    expect(kept).toMatchObject({ value: { id: stored?.id } });
    expect(fresh).toMatchObject({ value: { id: 'the new rule' } });
    expect(after).toEqual(fresh);
    expect(bench.sandbox.requests).toHaveLength(2);
  });
});

describe('provisioning on demand', () => {
  const call = {
    servicePrincipalId: salesforce.id,
    jobId: salesforceJob,
    ruleId: salesforce.job?.rules[0]?.id ?? '',
    subject: { id: people.isaiah.id, type: 'User' },
  };

  it('is one POST with one subject, in the wrapper that Graph demands', async () => {
    const answer = await synchronization.provisionOnDemand(call, new AbortController().signal);

    expect(answer).toMatchObject({ kind: 'ok', status: 200, body: { key: expect.any(String) } });
    expect(bench.sandbox.requests).toMatchObject([
      {
        method: 'POST',
        path: `/servicePrincipals/${salesforce.id}/synchronization/jobs/${salesforceJob}/provisionOnDemand`,
        body: {
          parameters: [{ subjects: [{ objectId: people.isaiah.id, objectTypeName: 'User' }], ruleId: call.ruleId }],
        },
      },
    ]);
  });

  it('reaches a job whose id has to be encoded in a path', async () => {
    await synchronization.provisionOnDemand({ ...call, jobId: 'a#b/c' }, new AbortController().signal);

    expect(bench.sandbox.requests[0]?.path).toContain('/jobs/a%23b%2Fc/provisionOnDemand');
  });

  it.each([429, 503, 504])('is never repeated by itself after %i, as each call needs a grant', async (status) => {
    bench.sandbox.failNext(/provisionOnDemand$/, { kind: 'status', status });

    const answer = await synchronization.provisionOnDemand(call, new AbortController().signal);

    expect(answer).toMatchObject({ kind: 'refused', status });
    expect(bench.sandbox.requests).toHaveLength(1);
  });

  it('ends when the process stops', async () => {
    bench.sandbox.failNext(/provisionOnDemand$/, { kind: 'silence' });
    const stop = new AbortController();
    const running = synchronization.provisionOnDemand(call, stop.signal);

    stop.abort();

    expect(await running).toMatchObject({ kind: 'noAnswer', why: 'stopped' });
  });
});

describe("the bodies of Microsoft's three examples", () => {
  interface Body {
    readonly parameters: readonly [
      {
        readonly ruleId: string;
        readonly subjects: readonly [Reference & { readonly links?: { readonly members: readonly Reference[] } }];
      },
    ];
  }
  interface Reference {
    readonly objectId: string;
    readonly objectTypeName: string;
  }
  const referenceTo = ({ objectId, objectTypeName }: Reference) => ({ id: objectId, type: objectTypeName });

  it.each([
    ['a user', '01-docs-user'],
    ['a user of cloud sync, by distinguished name', '02-docs-cloudsync-user'],
    ['a group with two members', '03-docs-group'],
  ])('are sent exactly so: %s', async (_what, name) => {
    const example = sample(`${name}.request`) as unknown as Body;
    const [{ ruleId, subjects }] = example.parameters;
    const [subject] = subjects;
    const members = (subject.links?.members ?? []).map(referenceTo);
    const call = { servicePrincipalId: 'an app', jobId: 'a job', ruleId, subject: referenceTo(subject), members };

    await synchronization.provisionOnDemand(call, new AbortController().signal);

    expect(bench.sandbox.requests.map(({ body }) => body)).toEqual([example]);
  });

  it('keep commas, backslashes and letters beyond ASCII in a distinguished name', async () => {
    const id = 'CN=Vance\\, Adèle 石,OU=Sales+Support,DC=contoso,DC=com';
    const call = { servicePrincipalId: 'an app', jobId: 'a job', ruleId: 'rule', subject: { id, type: 'user' } };

    await synchronization.provisionOnDemand(call, new AbortController().signal);

    expect(bench.sandbox.requests[0]?.body).toEqual({
      parameters: [{ ruleId: 'rule', subjects: [{ objectId: id, objectTypeName: 'user' }] }],
    });
  });
});

describe('the rule for people, whatever the source calls them', () => {
  it.each([
    ['Salesforce', salesforce, { objectTypeName: 'User', source: 'entra' }],
    ['Contoso AD', contosoAd, { objectTypeName: 'user', source: 'activeDirectory' }],
  ])('is that for users of %s', async (_name, app, expected) => {
    const rule = await synchronization.findSourceRule(app.id, app.job?.id ?? '');

    expect(rule).toMatchObject({ ok: true, value: expected });
  });

  it('is that of an HR system where there is no other', async () => {
    const worker = {
      id: 'workday',
      sourceDirectoryName: 'Workday',
      objectMappings: [{ enabled: true, sourceObjectName: 'Worker' }],
    };
    bench.sandbox.failNext(/schema$/, { kind: 'status', status: 200, body: { synchronizationRules: [worker] } });

    const rule = await synchronization.findSourceRule('hr', 'a job');

    expect(rule).toEqual({ ok: true, value: { id: 'workday', objectTypeName: 'Worker', source: 'other' } });
  });

  it('is an error where the schema cannot be read', async () => {
    bench.sandbox.failNext(/schema$/, { kind: 'status', status: 403 });

    expect(await synchronization.findSourceRule(salesforce.id, salesforceJob)).toMatchObject({
      ok: false,
      trouble: { status: 403 },
    });
  });
});

describe('several jobs of one application', () => {
  const provisioning = apps.fabrikamAd.job?.id ?? '';
  const [passwords] = apps.fabrikamAd.otherJobs;
  const [forGroups] = apps.atlassian.otherJobs;

  it.each([
    ['cloud sync, not the password hashes, though their job is listed first', apps.fabrikamAd, 'User', provisioning],
    ['users, not groups, though their job is listed first', apps.atlassian, 'user', apps.atlassian.job?.id],
    ['groups', apps.atlassian, 'Group', forGroups?.id],
  ])('are chosen from by the rules for %s', async (_what, app, type, id) => {
    const found = await synchronization.findJob(app.id, type);

    expect(found).toMatchObject({ value: { kind: 'one', job: { id } } });
  });

  const hashes = { ...job('hashes', 'Active'), templateId: 'AD2AADPasswordHash' };

  it('are never chosen from where one carries only password hashes, whatever the other one can do', async () => {
    jobsAre(hashes, job('for groups', 'Active'));

    expect(await synchronization.findJob('an app', 'User')).toMatchObject({ value: { job: { id: 'for groups' } } });
    expect(await synchronization.findStatus('an app')).toMatchObject({
      value: { status: { id: 'for groups' }, others: [{ id: 'hashes' }] },
    });
  });

  it('are none where the only one carries password hashes', async () => {
    jobsAre(hashes);

    expect(await synchronization.findJob('an app', 'User')).toEqual({ ok: true, value: { kind: 'none' } });
    expect(await synchronization.findStatus('an app')).toEqual({ ok: true, value: { kind: 'none' } });
    expect(synchronization.knowsJob('an app')).toBe(false);
  });

  it('show how each stands, the one for people first', async () => {
    const found = await synchronization.findStatus(apps.fabrikamAd.id);

    expect(found).toMatchObject({
      value: { status: { id: provisioning, template: 'AD2AADProvisioning' }, others: [{ id: passwords?.id }] },
    });
  });

  it('are an error where the rules of one cannot be read, while their states are still shown', async () => {
    const refuse = () => bench.sandbox.failNext(/\/schema$/, { kind: 'status', status: 403 });
    refuse();
    const found = await synchronization.findJob(apps.atlassian.id, 'User');
    refuse();
    const status = await synchronization.findStatus(apps.atlassian.id);

    expect(found).toMatchObject({ ok: false, trouble: { status: 403 } });
    expect(status).toMatchObject({ ok: true, value: { kind: 'one' } });
  });

  it('are chosen by their rules even where the other one looks better', async () => {
    jobsAre(job('a', 'Active'), job('b', 'Quarantine'));
    const rule = (source: string) => ({
      synchronizationRules: [{ id: source, objectMappings: [{ sourceObjectName: source }], metadata: [] }],
    });
    for (const source of ['Group', 'User'])
      bench.sandbox.failNext(/\/schema$/, { kind: 'status', status: 200, body: rule(source) });

    expect(await synchronization.findJob('an app', 'User')).toMatchObject({ value: { job: { id: 'b' } } });
  });
});

describe('a job whose connector was authorized by OAuth', () => {
  const connector = (templateId: string, schedule: string) => ({
    ...job(`${templateId}.5eed`, 'Active', schedule),
    templateId,
  });

  it.each([
    ['slack', 'Active', true],
    ['BoxOutDelta', 'Active', true],
    ['gsuite', 'Active', true],
    ['GoogleApps', 'Active', true],
    ['Workplace', 'Active', true],
    ['slack', 'Disabled', false],
    ['slack', 'Paused', false],
    ['boxcryptor', 'Active', false],
    ['salesforce', 'Active', false],
  ])('%s, %s, has to be stopped first: %s', async (templateId, schedule, mustStopFirst) => {
    jobsAre(connector(templateId, schedule));
    const told = await synchronization.findJob('an app');
    await bench.clock.advance(minuteMs);
    jobsAre({ ...connector(templateId, schedule), templateId: null });
    const byItsId = await synchronization.findJob('an app');

    expect(told).toMatchObject({ value: { job: { mustStopFirst } } });
    expect(byItsId).toMatchObject({ value: { job: { mustStopFirst } } });
  });

  it('is at rest only once the cycle has ended that ran when it was stopped', async () => {
    const paused = connector('slack', 'Disabled');
    const progress = [{ completedUnits: 1, totalUnits: 2, units: 'objects' }];
    jobsAre({ ...paused, status: { ...paused.status, progress } });

    expect(await synchronization.findJob('an app')).toMatchObject({ value: { job: { mustStopFirst: true } } });
  });
});

describe('deletions that a job holds back', () => {
  const jobFound = async () => {
    const found = await synchronization.findJob(salesforce.id);
    return found.ok && found.value.kind === 'one' ? found.value.job : null;
  };

  it.each([
    ['TooManyDeletes', true],
    ['tooManyDeletes', true],
    ['EncounteredQuarantineException', false],
    [null, false],
  ])('are the reason of its quarantine: %s', async (reason, isHeldBack) => {
    const state = await stateOf({ id: 'a job', status: { code: 'Quarantine', quarantine: { reason } } });

    expect(state === null ? null : holdsDeletionsBack(state)).toBe(isHeldBack);
  });

  it('are told by the sandbox’s job in quarantine, and by no job that works', async () => {
    const before = await jobFound();
    bench.sandbox.tenant.changeJob(salesforce.id, { health: 'quarantined', quarantineReason: 'TooManyDeletes' });
    await bench.clock.advance(minuteMs);
    const after = await jobFound();

    expect([before, after].map((job) => job && holdsDeletionsBack(job.state))).toEqual([false, true]);
  });

  it('begin above a threshold, where the job tells one', async () => {
    bench.sandbox.tenant.changeJob(salesforce.id, { deletionThreshold: 500 });

    const listed = await jobFound();
    const itself = await synchronization.readJob(salesforce.id, salesforceJob);

    expect(listed).toMatchObject({ deletionThreshold: 500 });
    expect(itself).toMatchObject({ value: { deletionThreshold: 500 } });
  });

  it.each([
    ['no settings', undefined],
    ['settings of another shape', { QuarantineTooManyDeletesThreshold: '500' }],
    ['other settings', [{ name: 'AzureIngestionAttributeOptimization', value: 'False' }]],
    ['no number', [{ name: 'QuarantineTooManyDeletesThreshold', value: 'many' }]],
    ['no value', [{ name: 'QuarantineTooManyDeletesThreshold' }]],
  ])('have no threshold with %s', async (_what, synchronizationJobSettings) => {
    jobsAre({ ...job('a job', 'Active'), synchronizationJobSettings });

    const found = await synchronization.findJob('an app');

    expect(found).toMatchObject({ value: { job: { id: 'a job' } } });
    expect(found).not.toHaveProperty('value.job.deletionThreshold');
  });
});

describe('the knowledge whether an app has a job', () => {
  it('is cached for half an hour from when it was read', async () => {
    const before = synchronization.knowsJob(payroll.id);
    await synchronization.findStatus(payroll.id);
    await synchronization.findJob(salesforce.id);
    const known = [payroll, salesforce].map(({ id }) => synchronization.knowsJob(id));
    await bench.clock.advance(30 * minuteMs);

    expect([before, ...known, synchronization.knowsJob(payroll.id)]).toEqual([null, false, true, null]);
  });
});
