import { describe, expect, it } from '@jest/globals';
import type { Caller, Role } from '../../src/access/caller.ts';
import { mayDecide } from '../../src/access/deciding.ts';

const group = 'a group';
const person = 'a person';

function caller(roles: readonly Role[], memberOf: readonly string[] = []): Caller {
  return { id: person, tenantId: 'a tenant', name: 'Somebody', principalName: 'somebody@contoso.com', roles, memberOf };
}

describe('deciding on access', () => {
  it('to an app without approvers of its own is for the general approvers', () => {
    expect(mayDecide(caller(['approver']), [])).toBe(true);
    expect(mayDecide(caller(['appApprover'], [group]), [])).toBe(false);
    expect(mayDecide(caller(['operator', 'requester', 'viewer']), [])).toBe(false);
  });

  it('to an app with approvers of its own is for those, be it by a group or as a person', () => {
    expect(mayDecide(caller(['appApprover'], [group]), ['another group', group])).toBe(true);
    expect(mayDecide(caller(['appApprover'], [person]), [person])).toBe(true);
  });

  it('to such an app is not for general approvers, nor for the approvers of another', () => {
    expect(mayDecide(caller(['approver']), [group])).toBe(false);
    expect(mayDecide(caller(['approver', 'appApprover'], ['another group']), [group])).toBe(false);
  });
});
