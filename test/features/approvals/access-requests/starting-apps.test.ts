import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../../src/clock.ts';
import { openDatabase } from '../../../../src/db/database.ts';
import { apps } from '../../../../src/sandbox/tenant/applications.ts';
import { people } from '../../../../src/sandbox/tenant/people.ts';
import { startTestUsher, type TestUsher } from '../../../support/usher.ts';

let usher: TestUsher;

beforeAll(async () => {
  usher = await startTestUsher();
});

afterAll(() => usher.close());

/** What Megan reads once Patti has approved; before that `between` happens. */
async function approved(
  app: string,
  between: () => void | Promise<void> = () => undefined,
  person: 'isaiah' | 'diego' = 'isaiah',
): Promise<string> {
  await usher.say('megan', `request access for ${person} to ${app}`);
  await usher.settled();
  await between();
  const title = `${people[person].displayName} in ${app}`;
  const asked = usher.cardsFor('personal-megan').find(({ text }) => text.includes(title));
  const id = /Request ([0-9A-Z]{6})/.exec(asked?.text ?? '')?.[1] ?? '';
  await usher.say('patti', `approve ${id}`);
  await usher.settled();
  const cards = usher.cardsFor('personal-megan').filter(({ text }) => text.includes(id));
  return cards.map(({ text }) => text).join('\n');
}

describe('an approved request', () => {
  it('starts where only the schedule of the app is off', async () => {
    expect(await approved('Figma')).toContain('now has an account in Figma');
  });

  it('does not start, and says why, where the app has been disabled in Entra meanwhile', async () => {
    const disable = () => {
      const body = {
        id: apps.gitHubEnterprise.id,
        appId: apps.gitHubEnterprise.appId,
        displayName: 'GitHub Enterprise',
      };
      const path = new RegExp(`/servicePrincipals/${apps.gitHubEnterprise.id}$`);
      const answer = { kind: 'status', status: 200, body: { ...body, accountEnabled: false } } as const;
      for (let n = 0; n < 9; n += 1) usher.sandbox.failNext(path, answer);
    };

    const text = await approved('GitHub Enterprise', disable);

    expect(text).toContain('The enterprise application GitHub Enterprise is disabled in Entra ID.');
    expect(text).not.toContain('now has an account');
  });

  it('goes on with an assignment that an earlier version had begun before the start', async () => {
    const isBegun = async () => {
      usher.sandbox.tenant.assign(apps.serviceNow.id, people.diego.id);
      const database = await openDatabase({ kind: 'sqlite', path: usher.databasePath }, systemClock);
      await database.query.updateTable('access_requests').set({ assigning: 'begun' }).execute();
      await database.close();
    };

    const text = await approved('ServiceNow', isBegun, 'diego');

    expect(text).toContain('Usher has assigned Diego Siciliani to ServiceNow.');
    expect(usher.sandbox.requests.some(({ method, path }) => method === 'POST' && path.endsWith('To'))).toBe(false);
  });

  it('waits where the app takes no on-demand call while its job runs', async () => {
    const text = await approved('Slack Grid');

    expect(text).toContain('Approved, but held up');
    expect(text).toContain('only while its regular provisioning is stopped');
  });
});
