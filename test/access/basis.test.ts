import { describe, expect, it } from '@jest/globals';
import { basisOf, byItself, deciderBasis, ownBasis } from '../../src/access/basis.ts';
import type { Caller, RoleSource } from '../../src/access/caller.ts';
import { version } from '../../src/graph/version.ts';

const sources: readonly RoleSource[] = [
  { role: 'operator', setting: 'OPERATORS', id: 'helpdesk' },
  { role: 'operator', setting: 'Entra', id: 'application-administrator' },
  { role: 'approver', setting: 'APPROVERS', id: 'helpdesk' },
  { role: 'appApprover', setting: 'APPS_FILE', id: 'github-owners' },
  { role: 'appApprover', setting: 'APPS_FILE', id: 'zscaler-owners' },
];
const alex: Caller = {
  id: 'alex',
  tenantId: 'contoso',
  name: 'Alex Wilber',
  principalName: 'alex@contoso.com',
  roles: ['operator', 'approver', 'appApprover'],
  memberOf: ['helpdesk', 'github-owners', 'zscaler-owners'],
  sources,
};

describe('the basis on which a person acts', () => {
  it('is the role that allows it, with each setting that gives this role, and the version', () => {
    expect(basisOf(alex, 'provision.run')).toEqual({
      actorId: 'alex',
      details: { role: 'operator', through: ['OPERATORS helpdesk', 'Entra application-administrator'], version },
    });
  });

  it('is no role for what every person may do, nor for a request of their own', () => {
    expect(basisOf(alex, 'help.show').details).toEqual({ version });
    expect(ownBasis(alex).details).toEqual({ role: 'own', version });
    expect(byItself).toEqual({ actorId: '', details: { version } });
  });

  it('of a decision on an app without approvers of its own is the general role', () => {
    expect(deciderBasis(alex, [[]]).details).toEqual({ role: 'approver', through: ['APPROVERS helpdesk'], version });
  });

  it('of a decision on an app with approvers of its own is the entry among those that includes the person', () => {
    const { details } = deciderBasis(alex, [['github-owners', 'patti']]);

    expect(details).toEqual({ role: 'appApprover', through: ['APPS_FILE github-owners'], version });
  });

  it('of one decision on apps of both kinds names both', () => {
    const { details } = deciderBasis(alex, [['zscaler-owners'], []]);

    expect(details).toEqual({
      role: 'approver, appApprover',
      through: ['APPROVERS helpdesk', 'APPS_FILE zscaler-owners'],
      version,
    });
  });
});
