import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { startTestUsher, type TestUsher, type TestUsherOptions } from '../support/usher.ts';

jest.setTimeout(30_000);

let teams: TestUsher;
afterEach(() => teams.close());

async function start({ environment = {}, ...more }: TestUsherOptions = {}): Promise<void> {
  teams = await startTestUsher({
    environment: { PROVISION_WINDOW_MS: '100', PROVISION_GUARD_MS: '10', ...environment },
    usherOptions: { assignmentDelaysMs: [100, 200, 400, 800] },
    ...more,
  });
}

async function says(person: keyof typeof people, line: string): Promise<void> {
  await teams.say(person, line);
  await teams.settled();
}

async function presses(person: keyof typeof people, title: string): Promise<void> {
  await teams.press(person, last(), title);
  await teams.settled();
}

const last = () => teams.lastCard('personal-alex');
const deletions = () => teams.sandbox.requests.filter(({ method }) => method === 'DELETE').length;
const account = (person: keyof typeof people) => teams.sandbox.tenant.account(apps.salesforce.id, people[person].id);

describe('remove', () => {
  it('asks first, and does nothing before it is confirmed', async () => {
    await start();

    await says('alex', 'remove adele from Salesforce');

    expect(last().text).toContain('Remove Adele Vance from Salesforce?');
    expect(last().text).toContain('Assigned directly, with the role Standard User.');
    expect([deletions(), teams.sandbox.stats().calls]).toEqual([0, 0]);
  });

  it('deletes the assignment, waits until that has taken effect, and proves that the account is disabled', async () => {
    await start({ sandboxOptions: { replicationMs: 500 } });
    await says('alex', 'remove adele from Salesforce');

    await presses('alex', 'Remove from Salesforce');

    expect(last().text).toContain('Removed: account disabled');
    expect(teams.sandbox.tenant.isAssigned(apps.salesforce.id, people.adele.id)).toBe(false);
    expect(account('adele')).toMatchObject({ active: false });
    expect(teams.sandbox.stats().calls).toBeGreaterThan(1);
    const records = (await teams.records()).filter(({ kind }) => kind === 'unassigned');
    expect(records.map(({ details }) => details.step).toReversed()).toEqual(['begun', 'made']);
  });
});
