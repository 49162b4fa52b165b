import { describe, expect, it } from '@jest/globals';
import { apps } from '../../../src/sandbox/tenant/applications.ts';
import { people } from '../../../src/sandbox/tenant/people.ts';
import { provisionPerson } from '../../../src/sandbox/tenant/provisioning/provision-person.ts';
import { createTenant } from '../../../src/sandbox/tenant/tenant.ts';

const clause = (attribute: string, operator: string, ...values: readonly string[]) => ({ attribute, operator, values });
const salesOrIt = [
  { name: 'Sales', clauses: [clause('department', 'EQUALS', 'Sales'), clause('jobTitle', 'IS NOT NULL')] },
  { name: 'IT', clauses: [clause('department', 'EQUALS', 'IT')] },
];

function provisionInto(person: typeof people.grady, hasAccount = false) {
  const tenant = createTenant();
  const { id } = apps.gitHubEnterprise;
  tenant.changeJob(id, { scope: salesOrIt });
  if (hasAccount) tenant.keepAccount(id, person.id, { active: true, attributes: {} });
  return provisionPerson(tenant, tenant.application(id) ?? apps.gitHubEnterprise, person, 0);
}

describe('the sandbox’s scoping filters', () => {
  it('let a person pass by one group, of which all clauses hold', () => {
    expect(provisionInto(people.adele).action).toBe('Create');
    expect(provisionInto(people.lynne).action).toBe('Create');
  });

  it('keep out whom they do not let pass, and say by which clauses', () => {
    const { statusInfo, provisioningSteps } = provisionInto(people.grady);

    expect(statusInfo.status).toBe('Skipped');
    const details = provisioningSteps.find(({ type }) => type === 'Scoping')?.details ?? {};
    expect(details).toMatchObject({ Assigned: 'True', IsInProvisioningScopeDisplayName: 'False' });
    expect(JSON.parse(details.ScopeEvaluationResult ?? '')).toMatchObject({
      "Sales.department EQUALS 'Sales'": false,
      "IT.department EQUALS 'IT'": false,
    });
    expect(provisioningSteps.at(-1)?.description).toContain('did not pass a scoping filter');
  });

  it('disable the account of a person whom they do not let pass any more', () => {
    expect(provisionInto(people.grady, true).action).toBe('Disable');
  });
});
