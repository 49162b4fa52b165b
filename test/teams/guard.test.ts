import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cloudNames, clouds } from '../../src/clouds.ts';
import { type ActivityOrigin, admit, type GuardRules } from '../../src/teams/guard.ts';

const tenant = '5eed0000-0000-4000-8000-00000000face';
const person = '5eed0000-0000-4000-8000-000000000001';
const channelService = 'https://api.botframework.com';

const rules: GuardRules = {
  allowedTenants: [tenant],
  issuer: channelService,
  serviceHosts: clouds.public.teamsHosts,
};
const good: ActivityOrigin = {
  channelId: 'msteams',
  tenantId: tenant,
  aadObjectId: person,
  issuer: channelService,
  serviceUrl: 'https://smba.trafficmanager.net/emea/',
};

describe('the guard', () => {
  it('admits a person of an allowed tenant who writes in Teams', () => {
    const admission = admit(good, rules);

    expect(admission).toEqual({ kind: 'admitted', speaker: { id: person, tenantId: tenant } });
  });

  it('takes ids in any case, and passes them on in one', () => {
    const admission = admit({ ...good, tenantId: tenant.toUpperCase(), aadObjectId: person.toUpperCase() }, rules);

    expect(admission).toEqual({ kind: 'admitted', speaker: { id: person, tenantId: tenant } });
  });

  it('requires no issuer where activities come without a token', () => {
    const admission = admit({ ...good, issuer: undefined }, { ...rules, issuer: null });

    expect(admission.kind).toBe('admitted');
  });

  it.each<[string, Partial<ActivityOrigin>, string]>([
    ['a token of the emulator', { issuer: 'https://sts.windows.net/f8cdef31-a31e-4b4a-93e4-5f571e91255a/' }, 'issuer'],
    ['no token', { issuer: undefined }, 'issuer'],
    ['an issuer that only begins like the real one', { issuer: `${channelService}.evil.example` }, 'issuer'],
    ['an issuer with a slash behind it', { issuer: `${channelService}/` }, 'issuer'],
    ['Direct Line', { channelId: 'directline' }, 'channel'],
    ['the emulator', { channelId: 'emulator' }, 'channel'],
    ['AseChannel', { channelId: 'AseChannel' }, 'channel'],
    ['Teams in other letters', { channelId: 'MSTeams' }, 'channel'],
    ['no channel', { channelId: undefined }, 'channel'],
    ['another tenant', { tenantId: '5eed0000-0000-4000-8000-00000000dead' }, 'tenant'],
    ['no tenant', { tenantId: undefined }, 'tenant'],
    ['an empty tenant', { tenantId: '' }, 'tenant'],
    ['an activity without a person', { aadObjectId: undefined }, 'noPerson'],
    ['an empty person', { aadObjectId: '' }, 'noPerson'],
    ["Teams' own id in the place of Entra's", { aadObjectId: '29:1abc' }, 'noPerson'],
    ['a GUID that is cut off', { aadObjectId: person.slice(0, -1) }, 'noPerson'],
    ['a GUID with a path behind it', { aadObjectId: `${person}/memberOf` }, 'noPerson'],
    ['a GUID on the second line', { aadObjectId: `x\n${person}` }, 'noPerson'],
  ])('turns away %s', (_name, change, why) => {
    const admission = admit({ ...good, ...change }, rules);

    expect(admission).toMatchObject({ kind: 'turnedAway', why });
  });

  it('names the actor in the audit log only when the id is one', () => {
    const elsewhere = admit({ ...good, tenantId: 'other' }, rules);
    const nobody = admit({ ...good, aadObjectId: 'Alex Wilber <alex@contoso.com>' }, rules);

    expect(elsewhere).toMatchObject({ actorId: person });
    expect(nobody).toMatchObject({ actorId: '' });
  });

  it('admits no person when no tenant is allowed', () => {
    const anyOrigin = fc.record({
      channelId: fc.constant('msteams'),
      tenantId: fc.option(fc.string(), { nil: undefined }),
      aadObjectId: fc.constant(person),
      issuer: fc.constant(channelService),
      serviceUrl: fc.constant(good.serviceUrl),
    });

    fc.assert(
      fc.property(anyOrigin, (origin) => {
        expect(admit(origin, { ...rules, allowedTenants: [] }).kind).toBe('turnedAway');
      }),
    );
  });
});

describe('the address at which an activity asks to be answered', () => {
  const onlyAt = (serviceHosts: GuardRules['serviceHosts'], serviceUrl: string | undefined) =>
    admit({ ...good, serviceUrl }, { ...rules, serviceHosts });

  it.each(cloudNames)("is admitted when it is the %s cloud's Teams", (cloud) => {
    const answers = clouds[cloud].teamsHosts.map((host) => onlyAt(clouds[cloud].teamsHosts, `https://${host}/emea/x`));

    expect(answers.map(({ kind }) => kind)).toEqual(answers.map(() => 'admitted'));
    expect(answers.length).toBeGreaterThan(0);
  });

  it.each(cloudNames.flatMap((own) => cloudNames.filter((other) => other !== own).map((other) => [own, other])))(
    'of the %s cloud is never that of the %s cloud',
    (own, other) => {
      const answers = clouds[other].teamsHosts.map((host) => onlyAt(clouds[own].teamsHosts, `https://${host}/`));

      expect(answers).toEqual(answers.map(() => expect.objectContaining({ kind: 'turnedAway', why: 'service' })));
    },
  );

  it.each([
    ['missing', undefined],
    ['empty', ''],
    ['no address', 'smba.trafficmanager.net'],
    ['not encrypted', 'http://smba.trafficmanager.net/emea/'],
    ['one that only begins like it', 'https://smba.trafficmanager.net.evil.example/'],
    ['one that only ends like it', 'https://evilsmba.trafficmanager.net/'],
    ['hidden behind a name and password', 'https://smba.trafficmanager.net:x@evil.example/'],
    ['with a name and password', 'https://x:y@smba.trafficmanager.net/'],
    ['at another port', 'https://smba.trafficmanager.net:8443/'],
    ['behind a backslash', 'https://evil.example\\@smba.trafficmanager.net/'],
    ['of this machine', 'http://127.0.0.1:56150/'],
    ['of the cloud it runs in', 'http://169.254.169.254/metadata'],
  ])('is turned away when it is %s', (_name, serviceUrl) => {
    expect(onlyAt(clouds.public.teamsHosts, serviceUrl)).toMatchObject({ kind: 'turnedAway', why: 'service' });
  });

  it.each([
    ['http://localhost:56150/_connector', 'admitted'],
    ['http://127.0.0.1:9/', 'admitted'],
    ['http://[::1]:9/', 'admitted'],
    ['https://smba.trafficmanager.net/emea/', 'turnedAway'],
    ['http://127.0.0.1.evil.example/', 'turnedAway'],
    ['file:///etc/passwd', 'turnedAway'],
    ['ftp://localhost/', 'turnedAway'],
  ])('where activities come without tokens has to be this machine: %s is %s', (serviceUrl, kind) => {
    const withoutTokens = { ...rules, issuer: null, serviceHosts: 'loopback' as const };

    expect(admit({ ...good, issuer: undefined, serviceUrl }, withoutTokens).kind).toBe(kind);
  });
});
