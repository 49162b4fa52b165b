import { describe, expect, it } from '@jest/globals';
import { addressOf, endpointName } from '../../src/graph/address.ts';

const root = 'https://graph.microsoft.com';
const direct = `${root}/v1.0`;
const proxy = 'https://proxy.contoso.com/graph/v1.0';

describe('the address of a next link', () => {
  it.each([
    ['Graph itself', direct, root, `${direct}/users?$skiptoken=a+b`, `${direct}/users?$skiptoken=a+b`],
    ['a link of the proxy’s own', proxy, root, `${proxy}/users?$top=1`, `${proxy}/users?$top=1`],
    ['Graph’s link behind a proxy', proxy, root, `${direct}/users?$skiptoken=X%3D`, `${proxy}/users?$skiptoken=X%3D`],
    ['another host', proxy, root, 'https://graph.evil.example/v1.0/users', null],
    ['a host that begins alike', proxy, root, 'https://graph.microsoft.com.evil.example/v1.0/users', null],
    ['another cloud', proxy, root, 'https://graph.microsoft.us/v1.0/users', null],
    ['another version', proxy, root, `${root}/beta/users`, null],
    ['plain HTTP', proxy, root, 'http://graph.microsoft.com/v1.0/users', null],
    ['another port', proxy, root, 'https://graph.microsoft.com:444/v1.0/users', null],
    ['a name before the host', proxy, root, 'https://someone@graph.microsoft.com/v1.0/users', null],
    ['a way out of the version', proxy, root, `${root}/v1.0/../beta/users`, null],
    ['no known root', proxy, undefined, `${direct}/users`, null],
    ['no address at all', proxy, root, 'https://', null],
  ])('of %s', (_what, base, graphRoot, path, address) => {
    expect(addressOf(base, graphRoot, { path })).toBe(address);
  });
});

describe('the name of an endpoint', () => {
  it.each([
    ['/users/5eed0000-0000-4000-8000-000000000003/manager', '/users/{id}/manager'],
    [
      '/groups/5eed/transitiveMembers/microsoft.graph.user?$top=1',
      '/groups/{id}/transitiveMembers/microsoft.graph.user',
    ],
    [
      '/servicePrincipals/5eed/appRoleAssignedTo/41W1zT6z1U-kJxf62svfp1HFE8pMZhxDun-ThPczmJE',
      '/servicePrincipals/{id}/appRoleAssignedTo/{id}',
    ],
    [`/servicePrincipals/5eed/appRoleAssignedTo/${'aB'.repeat(21)}c`, '/servicePrincipals/{id}/appRoleAssignedTo/{id}'],
  ])('has no id of %s', (path, name) => {
    expect(endpointName(path)).toBe(name);
  });
});
