import { describe, expect, it } from '@jest/globals';
import type { Caller, Permission, Role } from '../../src/access/caller.ts';
import { deny, policy, rolesThatMay } from '../../src/access/policy.ts';

const everyRole: readonly Role[] = ['viewer', 'requester', 'operator', 'cloudSyncOperator', 'approver', 'appApprover'];
const cloudSync = { cloudSync: true };
const otherJob = { cloudSync: false };

const looking = {
  onCloudSync: everyRole,
  onOthers: ['viewer', 'requester', 'operator', 'approver', 'appApprover'],
} as const;

/**
 * The policy once more, written out by hand: who may on a job of cloud sync, who on any other. The policy denies what
 * is not listed.
 */
const expected: Readonly<Record<Permission, { onCloudSync: readonly Role[]; onOthers: readonly Role[] } | 'anyone'>> = {
  'help.show': 'anyone',
  'self.show': 'anyone',
  'apps.list': looking,
  'provision.run': { onCloudSync: ['operator', 'cloudSyncOperator'], onOthers: ['operator'] },
  'request.retry': { onCloudSync: ['operator', 'cloudSyncOperator'], onOthers: ['operator'] },
  'request.cancel': { onCloudSync: ['operator', 'cloudSyncOperator'], onOthers: ['operator'] },
  'request.assign': { onCloudSync: ['operator'], onOthers: ['operator'] },
  'removal.run': { onCloudSync: ['operator'], onOthers: ['operator'] },
  'removal.confirm': {
    onCloudSync: ['operator', 'approver', 'appApprover'],
    onOthers: ['operator', 'approver', 'appApprover'],
  },
  'repair.run': { onCloudSync: ['operator', 'cloudSyncOperator'], onOthers: ['operator'] },
  'repair.confirm': {
    onCloudSync: ['operator', 'cloudSyncOperator', 'approver', 'appApprover'],
    onOthers: ['operator', 'approver', 'appApprover'],
  },
  'access.request': { onCloudSync: ['requester', 'operator'], onOthers: ['requester', 'operator'] },
  'access.decide': { onCloudSync: ['approver', 'appApprover'], onOthers: ['approver', 'appApprover'] },
  'access.cancel': { onCloudSync: ['operator'], onOthers: ['operator'] },
  'status.show': looking,
  'check.run': looking,
  'queue.show': looking,
  'history.show': looking,
  'others.show': {
    onCloudSync: ['viewer', 'operator', 'cloudSyncOperator', 'approver', 'appApprover'],
    onOthers: ['viewer', 'operator', 'approver', 'appApprover'],
  },
  'history.export': { onCloudSync: ['operator', 'approver'], onOthers: ['operator', 'approver'] },
  'access.review': { onCloudSync: ['operator'], onOthers: ['operator'] },
  'places.manage': { onCloudSync: ['operator', 'approver'], onOthers: ['operator', 'approver'] },
  'watches.manage': { onCloudSync: ['operator'], onOthers: ['operator'] },
  'watch.change': {
    onCloudSync: ['viewer', 'operator', 'approver'],
    onOthers: ['viewer', 'operator', 'approver'],
  },
};

const everyPermission = Object.keys(expected) as readonly Permission[];
const table = everyPermission.flatMap((permission) => everyRole.map((role) => [permission, role] as const));

function caller(...roles: readonly Role[]): Caller {
  return {
    id: 'an id',
    tenantId: 'a tenant',
    name: 'Somebody',
    principalName: 'somebody@contoso.com',
    roles,
    memberOf: [],
  };
}

describe('the policy', () => {
  it('has a row for each permission of this table, and no other', () => {
    expect(Object.keys(policy).sort()).toEqual([...everyPermission].sort());
  });

  it.each(table)('%s for a %s', (permission, role) => {
    const row = expected[permission];
    const may = (roles: readonly Role[] | undefined) => roles === undefined || roles.includes(role);

    const onCloudSync = deny(caller(role), permission, cloudSync) === null;
    const onOthers = deny(caller(role), permission, otherJob) === null;
    const anywhere = deny(caller(role), permission) === null;

    expect(onCloudSync).toBe(may(row === 'anyone' ? undefined : row.onCloudSync));
    expect(onOthers).toBe(may(row === 'anyone' ? undefined : row.onOthers));
    expect(anywhere).toBe(onCloudSync || onOthers);
  });

  it.each(everyPermission)('%s for a caller without a role', (permission) => {
    const denial = expected[permission] === 'anyone' ? null : { reason: 'noRole' };

    for (const ground of [cloudSync, otherJob, undefined]) expect(deny(caller(), permission, ground)).toEqual(denial);
  });

  it('lets the roles of one person add up', () => {
    expect(deny(caller('viewer', 'operator'), 'provision.run', otherJob)).toBeNull();
    expect(deny(caller('cloudSyncOperator', 'viewer'), 'apps.list', otherJob)).toBeNull();
  });

  it('lets a viewer look at everything, and change nothing but watches', () => {
    const may = everyPermission.filter((permission) => deny(caller('viewer'), permission) === null);

    expect(may.sort()).toEqual([
      ...[
        'apps.list',
        'check.run',
        'help.show',
        'history.show',
        'others.show',
        'queue.show',
        'self.show',
        'status.show',
      ],
      'watch.change',
    ]);
  });

  it('names the roles that would be enough for this very job', () => {
    expect(deny(caller('viewer'), 'provision.run', cloudSync)).toEqual({
      reason: 'needsRole',
      permission: 'provision.run',
      anyOf: ['cloudSyncOperator', 'operator'],
    });
    expect(deny(caller('viewer'), 'provision.run')).toEqual({
      reason: 'needsRole',
      permission: 'provision.run',
      anyOf: ['operator'],
    });
    expect(deny(caller('cloudSyncOperator'), 'provision.run', otherJob)).toEqual({
      reason: 'needsRole',
      permission: 'provision.run',
      anyOf: ['operator'],
    });
  });

  it('names the weakest roles first', () => {
    expect(rolesThatMay('apps.list')).toEqual([
      'viewer',
      'requester',
      'appApprover',
      'cloudSyncOperator',
      'approver',
      'operator',
    ]);
  });

  it.each(everyPermission)('tells which roles allow %s', (permission) => {
    const row = expected[permission];

    expect([...rolesThatMay(permission)].sort()).toEqual(row === 'anyone' ? [] : [...row.onCloudSync].sort());
  });
});
