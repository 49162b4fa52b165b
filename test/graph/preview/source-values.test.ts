import { describe, expect, it } from '@jest/globals';
import { fieldsFor, sourceValue, textOf } from '../../../src/graph/preview/source-values.ts';

const user = {
  id: 'the id',
  userPrincipalName: 'adele@contoso.com',
  accountEnabled: true,
  department: 'Sales',
  mail: '',
  jobTitle: null,
  businessPhones: ['+1 425 555 0109', '+1 425 555 0110'],
  mobilePhone: null,
  officeLocation: 'Building 4',
  proxyAddresses: ['SMTP:adele@contoso.com'],
  onPremisesExtensionAttributes: { extensionAttribute1: 'blue', extensionAttribute2: null },
};
const beside = { managerId: 'the manager', roles: ['User', 'Admin'] };
const read = (attribute: string) => sourceValue(attribute, user, beside);

describe('a person’s values by the engine’s names', () => {
  it.each([
    ['objectId', 'the id'],
    ['accountEnabled', 'True'],
    ['IsSoftDeleted', 'False'],
    ['department', 'Sales'],
    ['telephoneNumber', '+1 425 555 0109'],
    ['physicalDeliveryOfficeName', 'Building 4'],
    ['extensionAttribute1', 'blue'],
    ['userPrincipalName', 'adele@contoso.com'],
    ['originalUserPrincipalName', 'adele@contoso.com'],
    ['manager', 'the manager'],
    ['appRoleAssignments', 'User, Admin'],
    ['proxyAddresses', 'SMTP:adele@contoso.com'],
  ])('has %s as %s', (attribute, text) => {
    expect(textOf(read(attribute))).toBe(text);
  });

  it.each(['mail', 'jobTitle', 'mobile', 'extensionAttribute2', 'extensionAttribute3'])('has no %s', (attribute) => {
    expect(read(attribute)).toEqual({ kind: 'none' });
  });

  it('does not take for empty what Graph left out, or what Usher does not know', () => {
    expect(read('city')).toEqual({ kind: 'unread', why: 'notTold' });
    expect(read('netId')).toEqual({ kind: 'unread', why: 'attribute' });
    expect(read('extensionAttribute16')).toEqual({ kind: 'unread', why: 'attribute' });
    expect(sourceValue('manager', user, { managerId: undefined, roles: undefined })).toEqual({
      kind: 'unread',
      why: 'notTold',
    });
  });

  it('leaves a guest’s principal name to Microsoft, which rewrites it', () => {
    const guest = { ...user, userPrincipalName: 'isaiah_northwind.com#EXT#@contoso.com' };

    expect(sourceValue('userPrincipalName', guest, beside)).toEqual({ kind: 'unread', why: 'guestName' });
    expect(textOf(sourceValue('originalUserPrincipalName', guest, beside))).toBe(guest.userPrincipalName);
  });

  it('asks Graph for what the attributes need, and no more', () => {
    expect(fieldsFor(['department', 'extensionAttribute4', 'netId'])).toEqual([
      'accountEnabled',
      'department',
      'id',
      'onPremisesExtensionAttributes',
      'userPrincipalName',
      'userType',
    ]);
  });
});
