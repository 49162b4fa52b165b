import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SandboxGraph } from '../../../src/sandbox/graph/server.ts';
import { type Application, apps } from '../../../src/sandbox/tenant/applications.ts';
import { people } from '../../../src/sandbox/tenant/people.ts';
import type { SynchronizationJob } from '../../../src/sandbox/tenant/synchronization-job.ts';
import {
  type Answer,
  call,
  type Json,
  post,
  provision,
  type StillClock,
  startSandbox,
  stillClock,
} from '../support.ts';

const { salesforce, slackGrid, zscaler } = apps;
const hour = 60 * 60_000;

let clock: StillClock;
let sandbox: SandboxGraph;

beforeEach(async () => {
  clock = stillClock();
  sandbox = await startSandbox({ clock });
});

afterEach(() => sandbox.close());

const jobPath = (app: Application) => `/servicePrincipals/${app.id}/synchronization/jobs/${app.job?.id}`;
const jobOf = async (app: Application = salesforce): Promise<Json> => (await call(sandbox.url, jobPath(app))).body;
const act = (action: string, app: Application = salesforce): Promise<Answer> => {
  const [name = '', scope] = action.split(' ');
  if (name === 'restart')
    return post(sandbox.url, `${jobPath(app)}/restart`, { criteria: { resetScope: scope ?? '' } });
  if (name === 'test') return post(sandbox.url, `${jobPath(app)}/validateCredentials`, { useSavedCredentials: true });
  return call(sandbox.url, `${jobPath(app)}/${name}`, { method: 'POST' });
};
const be = (changes: Partial<SynchronizationJob>) => sandbox.tenant.changeJob(salesforce.id, changes);
const control = (what: string, body: unknown) => post(sandbox.url.replace('/v1.0', ''), `/_sandbox/${what}`, body);

/** The two fields that tell the state, and whether a cycle runs. */
async function seen(app: Application = salesforce): Promise<string> {
  const { schedule, status } = await jobOf(app);
  return `${schedule?.state}/${status?.code}${status?.progress?.length === 0 ? '' : ' running'}`;
}

const held = { health: 'quarantined', quarantineReason: 'TooManyDeletes' } as const;
const refused = { health: 'quarantined', credentials: 'refused' } as const;

describe('a job, by state and action', () => {
  it.each<[Partial<SynchronizationJob>, string, number, string]>([
    [{ health: 'notConfigured' }, 'start', 400, 'Disabled/NotConfigured'],
    [{ health: 'notConfigured' }, 'restart', 400, 'Disabled/NotConfigured'],
    [{ health: 'notConfigured' }, 'test', 400, 'Disabled/NotConfigured'],
    [{ health: 'off' }, 'start', 204, 'Active/NotRun running'],
    [{ health: 'off' }, 'pause', 204, 'Disabled/Paused'],
    [{ health: 'off' }, 'restart', 204, 'Active/NotRun running'],
    [{ health: 'off' }, 'restart Watermark', 204, 'Active/NotRun running'],
    [{ health: 'off' }, 'restart Escrows', 204, 'Disabled/Paused'],
    [{ health: 'neverRun' }, 'start', 204, 'Active/NotRun'],
    [{ health: 'neverRun' }, 'pause', 204, 'Disabled/Paused'],
    [{ health: 'neverRun' }, 'restart', 204, 'Active/NotRun running'],
    [{ health: 'neverRun' }, 'restart QuarantineState', 204, 'Active/NotRun'],
    [{ health: 'active' }, 'start', 204, 'Active/Active'],
    [{ health: 'active' }, 'pause', 204, 'Disabled/Paused'],
    [{ health: 'active' }, 'restart', 204, 'Active/Active running'],
    [{ health: 'active' }, 'restart Watermark,Escrows', 204, 'Active/Active running'],
    [{ health: 'active' }, 'restart QuarantineState', 204, 'Active/Active'],
    [{ health: 'active' }, 'restart Escrows', 204, 'Active/Active'],
    [{ health: 'active' }, 'test', 204, 'Active/Active'],
    [{ health: 'paused' }, 'start', 204, 'Active/Active running'],
    [{ health: 'paused' }, 'pause', 204, 'Disabled/Paused'],
    [{ health: 'paused' }, 'restart', 204, 'Active/Active running'],
    [{ health: 'paused' }, 'restart None', 204, 'Active/Active running'],
    [{ health: 'paused' }, 'restart Escrows', 204, 'Active/Active running'],
    [refused, 'start', 204, 'Active/Active running'],
    [refused, 'pause', 204, 'Disabled/Paused'],
    [refused, 'restart', 204, 'Active/Active running'],
    [refused, 'restart QuarantineState', 204, 'Active/Active running'],
    [refused, 'restart Escrows', 204, 'Active/Quarantine'],
    [refused, 'restart ForceDeletes', 204, 'Active/Quarantine'],
    [refused, 'test', 400, 'Active/Quarantine'],
    [held, 'start', 204, 'Active/Active running'],
    [held, 'pause', 204, 'Disabled/Paused'],
    [held, 'restart ForceDeletes', 204, 'Active/Active running'],
    [held, 'restart Escrows', 204, 'Active/Quarantine'],
    [{ health: 'switchedOff' }, 'start', 204, 'Active/Active running'],
    [{ health: 'switchedOff' }, 'pause', 204, 'Disabled/Quarantine'],
    [{ health: 'switchedOff' }, 'restart', 204, 'Active/Active running'],
    [{ health: 'switchedOff' }, 'restart Escrows', 204, 'Disabled/Quarantine'],
    [{ health: 'active' }, 'restart Everything', 400, 'Active/Active'],
  ])('%j, %s: answers %s and is then %s', async (state, action, status, after) => {
    be(state);

    const answer = await act(action);

    expect(answer.status).toBe(status);
    expect(await seen()).toBe(after);
  });
});

describe('the cycle that a call begins', () => {
  it('goes on after a pause, to its own end', async () => {
    await act('restart Watermark');
    clock.advance(5_000);
    await act('pause');

    const meanwhile = (await jobOf()).status?.lastExecution;
    const before = await seen();
    clock.advance(15_000);
    const after = (await jobOf()).status;

    expect(before).toBe('Disabled/Paused running');
    expect(Date.parse(meanwhile?.timeBegan ?? '')).toBeGreaterThan(Date.parse(meanwhile?.timeEnded ?? ''));
    expect(await seen()).toBe('Disabled/Paused');
    expect(Date.parse(after?.lastExecution?.timeEnded ?? '')).toBe(clock.now());
  });

  it('tells its progress by the clock', async () => {
    await act('restart');
    clock.advance(10_000);

    const [progress] = (await jobOf()).status?.progress ?? [];
    const { completedUnits, totalUnits } = Object(progress);

    expect(completedUnits).toBe(Math.floor(totalUnits / 2));
  });

  it('makes a new job an active one at its end', async () => {
    be({ health: 'off' });
    await act('start');
    clock.advance(20_000);

    expect(await seen()).toBe('Active/Active');
  });

  it('ends in quarantine while the credentials are refused', async () => {
    be({ health: 'quarantined', credentials: 'refused' });
    await act('start');
    clock.advance(20_000);

    expect(await seen()).toBe('Active/Quarantine');
    expect((await jobOf()).status?.quarantine).toMatchObject({
      seriesCount: 1,
      nextAttempt: expect.stringContaining(new Date(clock.now() + 6 * hour).toISOString().slice(0, 19)),
    });
  });
});

describe('a quarantine', () => {
  it('is tried after 6, 12 and 24 hours, and then once a day', async () => {
    const began = clock.now();
    be({ ...refused, quarantinedAt: began });
    const told: unknown[] = [];
    for (const after of [0, 6, 12, 24, 48]) {
      clock.advance(began + after * hour - clock.now());
      const quarantine = (await jobOf()).status?.quarantine;
      told.push([quarantine?.seriesCount, (Date.parse(quarantine?.nextAttempt ?? '') - began) / hour]);
    }

    expect(told).toEqual([
      [1, 6],
      [2, 12],
      [3, 24],
      [4, 48],
      [5, 72],
    ]);
  });

  it('ends by itself at the next attempt once the credentials work', async () => {
    be({ ...refused, quarantinedAt: clock.now() });
    clock.advance(hour);
    const mended = await control('jobs', { app: 'Salesforce', credentials: 'working' });
    const atOnce = await seen();
    clock.advance(5 * hour);

    expect([mended.status, atOnce, await seen()]).toEqual([204, 'Active/Quarantine', 'Active/Active']);
  });

  it.each([
    ['Quarantine', 'Disabled/Quarantine'],
    ['Paused', 'Disabled/Paused'],
  ] as const)('ends after four weeks with the job off, its code %s', async (switchedOffCode, after) => {
    await control('guesses', { switchedOffCode });
    be({ ...refused, quarantinedAt: clock.now() });
    clock.advance(28 * 24 * hour);

    expect(await seen()).toBe(after);
    expect((await provision(sandbox, salesforce, { objectId: people.adele.id })).status).toBe(401);
  });

  it('lets Zscaler fail its test until its credentials are mended', async () => {
    const failed = await act('test', zscaler);
    await control('jobs', { app: 'Zscaler', credentials: 'working' });
    const passed = await act('test', zscaler);
    await act('start', zscaler);
    const provisioned = await provision(sandbox, zscaler, { objectId: people.adele.id });

    expect(failed.body.error?.code).toBe('CredentialValidationUnavailable');
    expect(JSON.parse(failed.body.error?.message ?? '')).toMatchObject({
      code: 'SystemForCrossDomainIdentityManagementCredentialValidationUnavailable',
      message: expect.stringContaining('Unauthorized (401)'),
    });
    expect([failed.status, passed.status, provisioned.status]).toEqual([400, 204, 200]);
  });
});

describe('what Microsoft does not publish', () => {
  it('is decided over HTTP until the reset', async () => {
    await control('guesses', { pausedSchedule: 'Paused', testFailureStatus: 503 });
    be({ health: 'paused', credentials: 'notFound' });

    const told = [await seen(), (await act('test')).status];
    sandbox.reset();

    expect(told).toEqual(['Paused/Paused', 503]);
    expect(sandbox.tenant.guesses().pausedSchedule).toBe('Disabled');
  });

  it('may be that one start stops a running job, or that a restart leaves a pause', async () => {
    sandbox.tenant.guess({ startWhileRunning: 'stops', restartEndsPause: false });
    await act('start');
    const stopped = await seen();
    await act('restart Escrows');

    expect([stopped, await seen()]).toEqual(['Disabled/Paused', 'Disabled/Paused']);
  });

  it.each([true, false])('is whether a paused job tells of its quarantine: %s', async (pauseKeepsQuarantine) => {
    sandbox.tenant.guess({ pauseKeepsQuarantine });
    be(refused);
    await act('pause');

    expect((await jobOf()).status?.quarantine !== null).toBe(pauseKeepsQuarantine);
  });

  it.each([
    [404, 'ResourceNotFound'],
    [405, 'Request_BadRequest'],
  ] as const)('is whether a cloud has a call: %s', async (status, code) => {
    await control('guesses', { lacking: { pause: status } });

    const answer = await act('pause');

    expect([answer.status, answer.body.error?.code]).toEqual([status, code]);
    expect(await seen()).toBe('Active/Active');
  });

  it('cannot be anything', async () => {
    const answers = [
      await control('guesses', { pausedSchedule: 'Asleep' }),
      await control('permissions', { withdraw: ['Everything'] }),
      await control('jobs', { app: 'Salesforce', heldBack: ['nobody@contoso.com'] }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400]);
  });
});

describe('deletions that are held back', () => {
  beforeEach(async () => {
    sandbox.tenant.unassign(salesforce.id, people.adele.id);
    await control('jobs', { app: 'Salesforce', ...held, heldBack: ['adele@contoso.com'] });
  });

  const isActive = () => sandbox.tenant.account(salesforce.id, people.adele.id)?.active;

  it('stand in the log', () => {
    expect(sandbox.tenant.auditRecords()[0]).toMatchObject({
      provisioningAction: 'stagedDelete',
      provisioningStatusInfo: { status: 'skipped' },
      sourceIdentity: { id: people.adele.id },
    });
  });

  it.each([
    ['restart ForceDeletes', true, false],
    ['restart ForceDeletes', false, false],
    ['start', true, false],
    ['start', false, true],
    ['restart', true, false],
  ])(
    'by %s, if a start carries them out: %s, leave the account active: %s',
    async (action, startRunsHeldBack, left) => {
      sandbox.tenant.guess({ startRunsHeldBack });

      await act(action);

      expect(isActive()).toBe(left);
      expect(await seen()).toBe('Active/Active running');
    },
  );

  it('are none once the person is assigned again', async () => {
    sandbox.tenant.assign(salesforce.id, people.adele.id);

    await act('restart ForceDeletes');

    expect(isActive()).toBe(true);
  });
});

describe('the failures of a job', () => {
  it('are counted in its last cycle until they are forgotten', async () => {
    be({ escrowed: 3 });
    const before = (await jobOf()).status?.lastExecution;
    await act('restart Escrows');
    const after = (await jobOf()).status?.lastExecution;

    expect(before).toMatchObject({ state: 'EntryLevelErrors', countEscrowed: 3 });
    expect(after).toMatchObject({ state: 'Succeeded', countEscrowed: 0 });
  });

  it('pause a job whose first cycle had too many of them', async () => {
    await control('jobs', { app: 'Salesforce', health: 'paused', escrowsPruned: true });
    const before = (await jobOf()).status?.escrowsPruned;
    await act('start');

    expect([before, (await jobOf()).status?.escrowsPruned]).toEqual([true, false]);
  });
});

describe('a restart of everything', () => {
  it('breaks the links between people and accounts, as no other scope does', async () => {
    const isUnlinked = () => sandbox.tenant.account(salesforce.id, people.adele.id)?.unlinked === true;
    await act('restart');
    const before = isUnlinked();
    await act('restart Full');

    expect([before, isUnlinked()]).toEqual([false, true]);
  });
});

describe('an OAuth connector', () => {
  const tried = async () => (await provision(sandbox, slackGrid, { objectId: people.adele.id })).status;

  it('takes a call on demand only once its job is stopped and its cycle has ended', async () => {
    const whileScheduled = await tried();
    await control('jobs', { app: 'Slack Grid', runsFor: 30_000 });
    await act('pause', slackGrid);
    const whileItRuns = await tried();
    clock.advance(30_000);
    const atRest = await tried();
    await act('start', slackGrid);

    expect([whileScheduled, whileItRuns, atRest, await tried()]).toEqual([500, 500, 200, 500]);
  });
});

describe('the permissions for jobs', () => {
  it.each([401, 403] as const)('are needed: to change one, and less to read one; refused by %s', async (status) => {
    await control('guesses', { permissionStatus: status });
    await control('permissions', { withdraw: ['Synchronization.ReadWrite.All'] });
    const first = [await act('pause'), await act('test'), await call(sandbox.url, jobPath(salesforce))];
    await control('permissions', { withdraw: ['Synchronization.Read.All'] });
    const unread = await call(sandbox.url, `${jobPath(salesforce)}/schema`);
    await control('permissions', { giveBack: ['Synchronization.ReadWrite.All'] });

    expect(first.map((answer) => answer.status)).toEqual([status, status, 200]);
    expect(unread.status).toBe(status);
    expect((await act('pause')).status).toBe(204);
  });
});

describe('/auditLogs/directoryAudits', () => {
  const list = (filter: string) =>
    call(sandbox.url, `/auditLogs/directoryAudits?$filter=${encodeURIComponent(filter)}`);
  const ofApp = (id: string) => `activityDisplayName eq 'Quarantine' and targetResources/any(t:t/id eq '${id}')`;

  it('has the quarantines of an app, past and present', async () => {
    await control('jobs', { app: 'Salesforce', quarantines: ['2026-02-20T08:00:00Z'] });
    be({ ...refused, quarantinedAt: clock.now() });
    await act('start');

    const { body } = await list(ofApp(salesforce.id));
    const recent = await list(`${ofApp(salesforce.id)} and activityDateTime ge 2026-03-01T00:00:00Z`);

    expect(body.value?.map(({ activityDateTime }) => activityDateTime)).toEqual([
      new Date(clock.now()).toISOString(),
      '2026-02-20T08:00:00.000Z',
    ]);
    expect(recent.body.value).toHaveLength(1);
    expect((await list(ofApp(zscaler.id))).body.value).toHaveLength(3);
  });

  it('needs a permission of its own', async () => {
    sandbox.tenant.withdraw('AuditLog.Read.All');

    expect((await list(ofApp(zscaler.id))).status).toBe(403);
  });
});
