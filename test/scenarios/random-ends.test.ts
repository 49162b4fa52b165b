import { afterEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { systemClock } from '../../src/clock.ts';
import { apps, microsoftGraph } from '../../src/sandbox/tenant/applications.ts';
import { groups } from '../../src/sandbox/tenant/groups.ts';
import { generatedPeople, people } from '../../src/sandbox/tenant/people.ts';
import { propertyRuns } from '../support/property-runs.ts';
import { gateEnvironment, startTestUsher, type TestUsher } from '../support/usher.ts';
import { watchedTenant } from './deletions.ts';

jest.setTimeout(300_000);

/** No pause is long: everything here is due. */
const clock = {
  ...systemClock,
  sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(Math.min(ms, 50), signal),
};
const open: TestUsher[] = [];
afterEach(async () => {
  for (const usher of open.splice(0)) await usher.close();
});

const [member = people.adele] = generatedPeople;
/** Sales is a group of which the first one is a member. */
const principals = [member, people.adele, people.diego, groups.salesTeam];
const all = [apps.salesforce, apps.serviceNow, apps.gitHubEnterprise, microsoftGraph];

const entry = fc.record({
  app: fc.constantFrom(...all),
  principal: fc.constantFrom(...principals),
  role: fc.nat({ max: 5 }),
});
const given = fc.record({
  person: fc.constantFrom(member, people.adele, people.diego),
  app: fc.constantFrom(apps.salesforce, apps.serviceNow),
  /** What an administrator does in Entra before the end. */
  meanwhile: fc.constantFrom('nothing', 'deletes', 'makesAnew', 'addsARole' as const),
  twice: fc.boolean(),
});

describe('access that ends in a tenant of any assignments', () => {
  it('takes away the assignment that Usher made, once, and no other', async () => {
    let ended = 0;
    const property = fc.asyncProperty(fc.array(entry, { maxLength: 10 }), given, async (entries, access) => {
      const { tenant, deleted } = watchedTenant();
      for (const { id } of tenant.applications()) for (const one of principals) tenant.unassign(id, one.id);
      const assign = (appId: string, principalId: string, roleId: string) => {
        const isThere = tenant
          .assignments(appId)
          .some((one) => one.principalId === principalId && one.appRoleId === roleId);
        if (!isThere) tenant.assignInEntra(appId, principalId, roleId);
      };
      for (const { app, principal, role } of entries)
        assign(app.id, principal.id, app.appRoles[role % app.appRoles.length]?.id ?? '');
      const usher = await startTestUsher({
        environment: { ...gateEnvironment({ limit: 50, windowMs: 50, guardMs: 20 }), REQUEST_FOR: 'anyone' },
        sandboxOptions: { tenant },
        usherOptions: { assignmentDelaysMs: [20, 40], clock },
      });
      open.push(usher);
      const { app, person, meanwhile, twice } = access;
      const ids = () => all.flatMap(({ id: appId }) => tenant.assignments(appId).map(({ id }) => id));
      const says = async (who: 'megan' | 'patti', line: string) => {
        await usher.say(who, line);
        await usher.settled();
      };
      const others = ids();

      await says('megan', `request access for ${person.userPrincipalName} to ${app.displayName} for 8 hours`);
      const id = /Request ([0-9A-Z]{6})/.exec(usher.cardsFor('personal-megan')[0]?.text ?? '')?.[1] ?? '';
      await says('patti', `approve ${id}`);
      const made = ids().filter((one) => !others.includes(one));
      if (meanwhile === 'deletes' || meanwhile === 'makesAnew')
        for (const one of made) tenant.unassignInEntra(app.id, one);
      if (meanwhile === 'makesAnew') assign(app.id, person.id, app.appRoles[0]?.id ?? '');
      if (meanwhile === 'addsARole') assign(app.id, person.id, app.appRoles.at(-1)?.id ?? '');
      deleted.length = 0;
      const before = ids();
      await Promise.all([...(twice ? [1, 2] : [1])].map(() => usher.say('megan', `end ${id} now`)));
      await usher.settled();

      expect(deleted.map((one) => one.id)).toEqual(made.filter((one) => before.includes(one)));
      expect(ids()).toEqual(before.filter((one) => !made.includes(one)));
      ended += deleted.length;
      await usher.close();
      open.pop();
    });

    await fc.assert(property, { numRuns: propertyRuns(60), endOnFailure: true });
    // Otherwise nothing was tried.
    expect(ended).toBeGreaterThan(0);
  });
});
