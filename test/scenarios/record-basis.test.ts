import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { version } from '../../src/graph/version.ts';
import { groups } from '../../src/sandbox/tenant/groups.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { startTestUsher, type TestUsher } from '../support/usher.ts';

/** An auditor reconstructs from the record alone on what basis each person acted. */
let teams: TestUsher;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'usher-basis-'));
  const file = join(folder, 'apps.json');
  const assign = { appRole: 'User', by: ['approval'] };
  writeFileSync(file, JSON.stringify([{ app: 'GitHub Enterprise', approvers: [people.patti.id], assign }]));
  teams = await startTestUsher({
    environment: { APPS_FILE: file, REMOVAL_SECOND_PERSON: 'always' },
    usherOptions: { assignmentDelaysMs: [10, 10], refusalsPerHour: 2 },
  });
});
afterAll(async () => {
  await teams.close();
  rmSync(folder, { recursive: true });
});

type Kind = Awaited<ReturnType<TestUsher['records']>>[number]['kind'];

async function say(person: Parameters<TestUsher['say']>[0], line: string): Promise<void> {
  await teams.say(person, line);
  await teams.settled();
}

/** The newest entry of the kind. */
async function entry(kind: Kind, more: object = {}) {
  const found = (await teams.records()).find(
    (one) => one.kind === kind && Object.entries(more).every(([key, value]) => one.details[key] === value),
  );
  if (found === undefined) throw new Error(`the record has no ${kind}`);
  return found;
}

const requester = [`REQUESTERS ${groups.peopleManagers.id}`];
const operator = { role: 'operator', through: [`OPERATORS ${groups.helpdesk.id}`], version };
const approver = [`APPROVERS ${groups.appApprovers.id}`];

describe('the record', () => {
  it('names the requester, the approver of the app and what gave both their roles, at the decision and at the start', async () => {
    const own = [`APPS_FILE ${people.patti.id}`];
    await say('megan', 'request access for diego to "GitHub Enterprise" for 8 hours');
    const asked = await entry('accessAsked');

    await say('patti', `approve ${asked.requestId}`);

    expect(asked.details).toMatchObject({ role: 'requester', through: requester, version });
    expect((await entry('accessApproved')).details).toMatchObject({ role: 'appApprover', through: own, version });
    expect((await entry('accessStarted')).details).toMatchObject({
      ...{ requesterRole: 'requester', requesterThrough: requester },
      ...{ deciderRole: 'appApprover', deciderThrough: own, version },
    });
    expect((await entry('sent')).details).toMatchObject({ version });
  });

  it('names the general approver of an app without approvers of its own', async () => {
    await say('megan', 'request access for isaiah to Salesforce');
    const { requestId } = await entry('accessAsked');

    await say('patti', `deny ${requestId} not yet`);

    expect((await entry('accessDenied')).details).toMatchObject({ role: 'approver', through: approver, version });
  });

  it('names the operator of a provisioning, when it is asked for and when its call is sent', async () => {
    await say('alex', 'provision adele to Salesforce');

    expect((await entry('asked')).details).toMatchObject(operator);
    expect((await entry('sent')).details).toMatchObject(operator);
  });

  it('names the operator who ends access early, and the version that begins to take it away', async () => {
    const { requestId } = await entry('accessStarted');

    await say('alex', `end ${requestId} now`);

    expect((await entry('accessEnd', { step: 'endedEarly' })).details).toMatchObject(operator);
    expect((await entry('accessEnd', { step: 'overdue' })).details).toMatchObject({ version });
  });

  it('names a person who acts on a request of their own as that', async () => {
    await say('megan', 'request access for isaiah to Salesforce');
    const { requestId } = await entry('accessAsked');

    await say('megan', `cancel ${requestId}`);

    expect((await entry('accessCancelled')).details).toMatchObject({ role: 'own', version });
  });

  it('names the second person of a removal', async () => {
    await say('patti', 'pending');
    await say('alex', 'remove adele from Salesforce');
    const question = teams
      .cardsFor()
      .findLast(({ buttons }) => buttons.some(({ title }) => title === 'Confirm removal'));
    if (question === undefined) throw new Error('no approver was asked');

    await teams.press('patti', question, 'Confirm removal');
    await teams.settled();

    expect((await entry('confirmed')).details).toMatchObject({
      as: 'secondPerson',
      role: 'approver',
      through: approver,
    });
  });

  it('names the operator who pauses a job', async () => {
    await say('alex', 'pause Salesforce for 1 hour');

    expect((await entry('repair', { step: 'asked' })).details).toMatchObject(operator);
    expect((await entry('repair', { step: 'paused' })).details).toMatchObject({ version });
  });

  it('says who asked for what and was refused, and counts what follows within the hour', async () => {
    for (let times = 0; times < 5; times += 1) await say('johanna', 'export history');
    const refused = (await teams.records()).filter(({ kind }) => kind === 'denied');

    expect(refused).toHaveLength(2);
    expect(refused[0]).toMatchObject({ actorId: people.johanna.id, details: { permission: expect.any(String) } });
  });

  it('tells the start of Usher, without any value of a setting', async () => {
    const { details } = await entry('usherStarted');

    expect(Object.keys(details).toSorted()).toEqual(['configuration', 'version']);
  });
});
