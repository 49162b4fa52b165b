import { describe, expect, it } from '@jest/globals';
import { type AppRole, belongsToMicrosoft, chooseRole, roleBearerSchema } from '../../src/graph/app-roles.ts';

function role(changes: Partial<AppRole> = {}): AppRole {
  return { id: 'r1', displayName: 'User', value: 'user', isEnabled: true, allowedMemberTypes: ['User'], ...changes };
}

describe('choosing an app role', () => {
  it.each([
    ['its display name', 'Standard User'],
    ['its value', 'std_user'],
    ['its display name in another case', ' standard USER'],
    ['its value in another case', 'STD_USER'],
  ])('finds it by %s', (_what, name) => {
    const roles = [role(), role({ id: 'r2', displayName: 'Standard User', value: 'std_user' })];

    expect(chooseRole(roles, name)).toEqual({ kind: 'one', id: 'r2' });
  });

  it('takes the default only where an app declares no role at all', () => {
    const forApps = role({ allowedMemberTypes: ['Application'] });

    expect(chooseRole([], 'User')).toEqual({ kind: 'one', id: '00000000-0000-0000-0000-000000000000' });
    expect(chooseRole([forApps], 'User')).toEqual({ kind: 'none' });
    expect(chooseRole([role()], 'Administrator')).toEqual({ kind: 'none' });
  });

  it('takes a role that people and apps may have', () => {
    expect(chooseRole([role({ allowedMemberTypes: ['Application', 'User'] })], 'User')).toEqual({
      kind: 'one',
      id: 'r1',
    });
  });

  it('distinguishes a disabled role from a missing one, and prefers an enabled one', () => {
    const disabled = role({ id: 'old', isEnabled: false });

    expect(chooseRole([disabled], 'User')).toEqual({ kind: 'disabled' });
    expect(chooseRole([disabled, role()], 'User')).toEqual({ kind: 'one', id: 'r1' });
  });

  it('takes none of two that have the name', () => {
    const other = role({ id: 'r2', displayName: 'Everybody', value: 'User' });

    expect(chooseRole([role(), other], 'User')).toEqual({ kind: 'ambiguous' });
  });

  it('is not confused by roles without a value', () => {
    expect(chooseRole([role({ displayName: 'msiam_access', value: null })], '')).toEqual({ kind: 'none' });
  });
});

describe('what Graph says of an app', () => {
  it('is unreadable without its roles, which is not the same as having none', () => {
    expect(roleBearerSchema.safeParse({ appId: 'a', appOwnerOrganizationId: 'o' }).success).toBe(false);
  });

  it('does not offer a role that says nothing of itself for assignment', () => {
    const read = roleBearerSchema.parse({ appId: 'a', appOwnerOrganizationId: 'o', appRoles: [{ id: 'r1' }] });

    expect(chooseRole(read.appRoles, 'User')).toEqual({ kind: 'none' });
  });
});

describe('whether an app is Microsoft’s', () => {
  const own = { appId: '5eed0000-0000-4000-8000-000000000301', appRoles: [] };
  const tenant = '5eed0000-0000-4000-8000-00000000face';

  it.each([
    'f8cdef31-a31e-4b4a-93e4-5f571e91255a',
    '72F988BF-86F1-41AF-91AB-2D7CD011DB47',
    'cab8a31a-1906-4287-a0d8-4eef66b95f6e',
    'a55a4d5b-9241-49b1-b4ff-befa8db00269',
  ])('follows from the tenant %s', (appOwnerOrganizationId) => {
    expect(belongsToMicrosoft({ ...own, appOwnerOrganizationId })).toBe(true);
  });

  it.each([
    ['Microsoft Graph', '00000003-0000-0000-c000-000000000000'],
    ['Azure AD Graph', '00000002-0000-0000-C000-000000000000'],
    ['Exchange', '00000002-0000-0ff1-ce00-000000000000'],
    ['SharePoint', '00000003-0000-0ff1-ce00-000000000000'],
  ])('follows from the id of %s, whatever owner Graph names', (_name, appId) => {
    expect(belongsToMicrosoft({ ...own, appId, appOwnerOrganizationId: tenant })).toBe(true);
  });

  it('is assumed where Graph does not name the owner', () => {
    expect(belongsToMicrosoft({ ...own, appOwnerOrganizationId: null })).toBe(true);
  });

  it('does not follow from anything else', () => {
    expect(belongsToMicrosoft({ ...own, appOwnerOrganizationId: tenant })).toBe(false);
  });
});
