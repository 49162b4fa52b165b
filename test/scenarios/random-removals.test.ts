import { afterEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { apps, microsoftGraph } from '../../src/sandbox/tenant/applications.ts';
import { groups } from '../../src/sandbox/tenant/groups.ts';
import { generatedPeople, people } from '../../src/sandbox/tenant/people.ts';
import { propertyRuns } from '../support/property-runs.ts';
import { gateEnvironment, startTestUsher, type TestUsher } from '../support/usher.ts';
import { watchedTenant } from './deletions.ts';

jest.setTimeout(300_000);

const open: TestUsher[] = [];
afterEach(async () => {
  for (const usher of open.splice(0)) await usher.close();
});

const [member = people.adele] = generatedPeople;
/** Sales is a group of which the first one is a member. */
const principals = [member, people.adele, people.diego, groups.salesTeam];
const all = [apps.salesforce, apps.serviceNow, apps.gitHubEnterprise, microsoftGraph];
const named = all.slice(0, 3);

const entry = fc.record({
  app: fc.constantFrom(...all),
  principal: fc.constantFrom(...principals),
  role: fc.nat({ max: 5 }),
});
const leaver = fc.constantFrom(member, people.adele, people.diego);
const removal = fc.record({
  person: leaver,
  apps: fc.option(fc.uniqueArray(fc.constantFrom(...named), { minLength: 1 })),
  twice: fc.boolean(),
});

describe('removals in a tenant of any assignments', () => {
  it('delete a person’s own assignments to the apps that are meant, each once, and no others', async () => {
    const property = fc.asyncProperty(fc.array(entry, { maxLength: 10 }), removal, async (entries, asked) => {
      const { tenant, deleted } = watchedTenant();
      for (const { id } of tenant.applications()) for (const one of principals) tenant.unassign(id, one.id);
      for (const { app, principal, role } of entries) {
        const roleId = app.appRoles[role % app.appRoles.length]?.id ?? '';
        const isThere = tenant
          .assignments(app.id)
          .some((one) => one.principalId === principal.id && one.appRoleId === roleId);
        if (!isThere) tenant.assignInEntra(app.id, principal.id, roleId);
      }
      const usher = await startTestUsher({
        environment: {
          ...gateEnvironment({ limit: 50, windowMs: 50, guardMs: 20 }),
          REMOVAL_SECOND_PERSON: 'from 999',
        },
        sandboxOptions: { tenant },
        usherOptions: { assignmentDelaysMs: [20, 40] },
      });
      open.push(usher);
      const { person } = asked;
      const meant = asked.apps ?? named;
      const own = meant.flatMap((app) =>
        tenant
          .assignments(app.id)
          .filter(({ principalId }) => principalId === person.id)
          .map(({ id }) => id),
      );
      const line =
        asked.apps === null
          ? `offboard ${person.userPrincipalName}`
          : `remove ${person.userPrincipalName} from ${asked.apps.map(({ displayName }) => displayName).join(', ')}`;

      await usher.say('alex', line);
      await usher.settled();
      const card = usher.lastCard();
      const confirm = card.buttons.find(({ title }) => title.startsWith('Remove '));
      if (confirm !== undefined) {
        await usher.press('alex', card, confirm.title);
        if (asked.twice) await usher.press('alex', card, confirm.title);
        await usher.settled();
      }

      const ids = deleted.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(deleted.every(({ principalId }) => principalId === person.id)).toBe(true);
      expect(deleted.every(({ appId }) => meant.some(({ id }) => id === appId))).toBe(true);
      // Nothing of theirs in these apps is left.
      expect(ids.toSorted()).toEqual(confirm === undefined ? [] : own.toSorted());
      if (confirm === undefined) expect(own).toEqual([]);
      await usher.close();
      open.pop();
    });

    await fc.assert(property, { numRuns: propertyRuns(60), endOnFailure: true });
  });
});
