import { describe, expect, it } from '@jest/globals';
import { apps } from '../../../src/sandbox/tenant/applications.ts';
import { groups } from '../../../src/sandbox/tenant/groups.ts';
import { everybody, generatedPeople, people } from '../../../src/sandbox/tenant/people.ts';
import { createTenant } from '../../../src/sandbox/tenant/tenant.ts';
import { stillClock } from '../support.ts';

describe('a sandbox tenant', () => {
  it('keeps its state to itself', () => {
    const one = createTenant();
    const other = createTenant();

    one.unassign(apps.salesforce.id, people.isaiah.id);
    one.changePerson(people.adele.id, { department: 'Legal' });

    expect(one.isAssigned(apps.salesforce.id, people.isaiah.id)).toBe(false);
    expect(other.isAssigned(apps.salesforce.id, people.isaiah.id)).toBe(true);
    expect(other.person('adele@contoso.com')?.department).toBe('Sales');
  });

  it('finds people by id, by user principal name in any case and by distinguished name', () => {
    const tenant = createTenant();

    expect(tenant.person(people.leeGu.id)?.displayName).toBe('Lee Gu');
    expect(tenant.person('Lee.GU@Contoso.com')?.displayName).toBe('Lee Gu');
    expect(tenant.personInActiveDirectory('cn=adele vance, ou=Sales,DC=contoso,DC=com')?.id).toBe(people.adele.id);
    expect(tenant.person('nobody@contoso.com')).toBeUndefined();
  });

  it('climbs through nested groups for membership, but not for assignment', () => {
    const tenant = createTenant();
    const nested = generatedPeople.find(({ id }) => groups.platformEngineering.memberIds.includes(id));
    for (const one of [nested?.id ?? '', groups.platformEngineering.id]) {
      tenant.unassign(apps.gitHubEnterprise.id, one);
    }

    const around = tenant.groupsAround(nested?.id ?? '');

    expect(around).toEqual([groups.platformEngineering, groups.engineering]);
    expect(tenant.isAssigned(apps.gitHubEnterprise.id, groups.engineering.id)).toBe(true);
    expect(tenant.isAssigned(apps.gitHubEnterprise.id, nested?.id ?? '')).toBe(false);
  });

  it('counts direct members of an assigned group as assigned', () => {
    const tenant = createTenant();
    const member = groups.salesTeam.memberIds[0] ?? '';

    tenant.unassign(apps.gitHubEnterprise.id, member);

    expect(tenant.isAssigned(apps.gitHubEnterprise.id, member)).toBe(true);
  });

  it('has Diego assigned neither to Salesforce nor to ServiceNow, and every other person to both', () => {
    const tenant = createTenant();

    for (const { id } of [apps.salesforce, apps.serviceNow]) {
      const left = [...everybody].filter((one) => !tenant.isAssigned(id, one.id));
      expect(left).toEqual([people.diego]);
    }
  });

  it('counts an assignment made in Entra when it has been replicated, and one made by a test at once', () => {
    const clock = stillClock();
    const tenant = createTenant({ clock, replicationMs: 20_000 });
    const isAssigned = () => tenant.isAssigned(apps.salesforce.id, people.diego.id);

    tenant.assignInEntra(apps.salesforce.id, people.diego.id, apps.salesforce.appRoles[0]?.id ?? '');
    const atOnce = isAssigned();
    clock.advance(20_000);
    const later = isAssigned();
    tenant.unassign(apps.salesforce.id, people.diego.id);
    tenant.assign(apps.salesforce.id, people.diego.id);

    expect([atOnce, later, isAssigned()]).toEqual([false, true, true]);
  });

  it('remembers an earlier conflict of Grady in Salesforce, and nothing else', () => {
    const clock = stillClock();

    const records = createTenant({ clock }).auditRecords();

    expect(records).toMatchObject([
      {
        activityDateTime: new Date(clock.now() - 3 * 3_600_000).toISOString().replace('Z', '0000Z'),
        sourceIdentity: { id: people.grady.id },
        servicePrincipal: { id: apps.salesforce.id },
        provisioningAction: 'create',
        provisioningStatusInfo: { status: 'failure', errorInformation: { errorCode: 'SalesforceEntryConflict' } },
      },
    ]);
  });

  it('goes back to its first day', () => {
    const tenant = createTenant();
    tenant.grantDirectoryRole(people.johanna.id, '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3');
    tenant.resolveConflict(apps.salesforce.id, people.grady.id);

    tenant.reset();

    expect(tenant.directoryRoles(people.johanna.id)).toEqual([]);
    expect(tenant.hasConflict(apps.salesforce.id, people.grady.id)).toBe(true);
    expect(tenant.auditRecords()).toHaveLength(1);
  });

  it('throws when a test changes what is not there', () => {
    const tenant = createTenant();

    expect(() => tenant.changePerson('5eed', { department: 'Sales' })).toThrow('has no 5eed');
    expect(() => tenant.assign('5eed', people.adele.id)).toThrow('has no 5eed');
  });
});
