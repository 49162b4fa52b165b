import { describe, expect, it } from '@jest/globals';
import { isSecretName, showing, shownAlone } from '../../src/masking/attributes.ts';

describe('the attributes whose values Usher keeps', () => {
  it.each([
    ...['displayName', 'name.givenName', 'name.familyName', 'name.formatted', 'sn', 'given_name', 'userName'],
    ...['userPrincipalName', 'OnPremisesSamAccountName', 'mail', 'emails[type eq "work"].value', 'jobTitle', 'title'],
    ...['urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department', 'active', 'accountEnabled'],
    ...['urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.displayName', 'preferredLanguage'],
    ...[
      'ProfileId',
      'UserRoleId',
      'LanguageLocaleKey',
      'EmailEncodingKey',
      'groups',
      'appRoleAssignments',
      'externalId',
    ],
    ...['usageLocation', 'OnPremisesDistinguishedName', 'roles[primary eq "True"].value'],
  ])('include %s', (attribute) => {
    expect(shownAlone(attribute)).toBe(true);
  });

  it.each([
    ...['password', 'unicodePwd', 'clientSecret', 'birthDate', 'extensionAttribute5', 'employeeId', 'homePhone'],
    ...['phoneNumbers[type eq "mobile"].value', 'addresses[type eq "work"].formatted', 'addresses.country', 'salary'],
    ...['emails[type eq "home"].value', 'otherMails', 'iban', 'urn:ietf:params:scim:schemas:extension:x:2.0:User:iban'],
    ...['streetAddress', 'manager.phoneNumber', '', 'value', 'x'.repeat(301), '__proto__', 'constructor'],
  ])('do not include %s', (attribute) => {
    expect(shownAlone(attribute)).toBe(false);
  });

  it('are extended by the tenant’s own list, and by nothing else', () => {
    const isShown = showing(['employeeId', 'addresses[type eq "work"].locality', 'urn:x:2.0:User:costCode']);

    expect(
      ['employee_id', 'urn:y:User:employeeId', 'addresses[type eq "work"].locality', 'costCode'].map(isShown),
    ).toEqual([true, true, true, true]);
    expect(['addresses[type eq "home"].locality', 'addresses', 'phone'].map(isShown)).toEqual([false, false, false]);
  });

  it('never include a secret, whatever a tenant adds', () => {
    const isShown = showing(['unicodePwd', 'custom']);

    expect(['unicodePwd', 'custom.password', 'custom.apiKey'].map(isShown)).toEqual([false, false, false]);
    expect(isShown('custom.color')).toBe(true);
  });
});

describe('isSecretName', () => {
  it.each([
    'password',
    'Pwd',
    'clientSecret',
    'api_key',
    'userPIN',
    'accessToken',
    'x.otp',
    'Passwort',
    'contraseña',
    'api key',
  ])('recognizes %s', (name) => {
    expect(isSecretName(name)).toBe(true);
  });

  it.each(['shippingAddress', 'monkeyName', 'keyboard', 'passport.country', 'LocaleSidKey'])('passes %s', (name) => {
    expect(isSecretName(name)).toBe(false);
  });
});
