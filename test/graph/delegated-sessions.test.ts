import { describe, expect, it } from '@jest/globals';
import { createDelegatedSessions } from '../../src/graph/delegated-sessions.ts';
import type { Exchanged } from '../../src/graph/on-behalf-of.ts';
import { createTestClock } from '../support/clock.ts';
import { unsignedToken } from '../support/tokens.ts';

const appId = '5eed0000-0000-4000-8000-0000000b07b0';
const tenantId = '5eed0000-0000-4000-8000-00000000face';
const alex = { id: '5eed0000-0000-4000-8000-000000000001', tenantId };
const megan = { id: '5eed0000-0000-4000-8000-000000000002', tenantId };
const hour = 3_600_000;

const assertionOf = (person: typeof alex, claims: object = {}) =>
  unsignedToken({ aud: appId, oid: person.id, tid: person.tenantId, ...claims });

function stage(most?: number) {
  const clock = createTestClock();
  const exchangedFor: string[] = [];
  let answer: (assertion: string) => Exchanged = () => ({
    kind: 'token',
    token: `opaque ${exchangedFor.length}`,
    expiresAt: clock.now() + hour,
  });
  const signIns = createDelegatedSessions({
    appId,
    clock,
    exchange: async (assertion) => {
      exchangedFor.push(assertion);
      return answer(assertion);
    },
    open: (token) => ({ token }),
    ...(most === undefined ? {} : { most }),
  });
  return {
    clock,
    signIns,
    exchangedFor,
    whenExchanged: (next: typeof answer) => {
      answer = next;
    },
  };
}

describe('signing in', () => {
  it('gives each person Graph services of their own, over a token of their own', async () => {
    const { signIns } = stage();

    await signIns.signIn(alex, assertionOf(alex));
    await signIns.signIn(megan, assertionOf(megan));

    expect(await signIns.servicesOf(alex.id)?.token()).toBe('opaque 1');
    expect(await signIns.servicesOf(megan.id)?.token()).toBe('opaque 2');
    expect(signIns.present()).toEqual([alex.id, megan.id]);
  });

  it.each([
    ['a colleague’s', assertionOf(megan), 'of another person'],
    ['one of another tenant', assertionOf({ ...alex, tenantId: appId }), 'of another tenant'],
    ['one for another app', assertionOf(alex, { aud: 'https://graph.microsoft.com' }), 'meant for another app'],
    [
      'one for an app whose id only ends like it',
      assertionOf(alex, { aud: `api://x${appId}` }),
      'meant for another app',
    ],
    ['one of an app, not of a person', unsignedToken({ aud: appId, tid: tenantId }), 'no token of a person'],
    ['nonsense', 'not a token', 'no token of a person'],
  ])('rejects an assertion that is %s, and sends it nowhere', async (_name, assertion, why) => {
    const { signIns, exchangedFor } = stage();

    const result = await signIns.signIn(alex, assertion);

    expect(result).toEqual({ kind: 'refused', why });
    expect(exchangedFor).toEqual([]);
    expect(signIns.servicesOf(alex.id)).toBeNull();
  });

  it.each([`api://usher.contoso.com/botid-${appId}`, `api://botid-${appId}`, `api://${appId}`, appId.toUpperCase()])(
    'accepts an assertion for %s',
    async (aud) => {
      const { signIns } = stage();

      expect(await signIns.signIn(alex, assertionOf(alex, { aud }))).toEqual({ kind: 'signedIn' });
    },
  );

  it('fails for a person whose assertion Entra does not accept, or for whom Entra returns another person’s token', async () => {
    const { signIns, clock, whenExchanged } = stage();
    const results: unknown[] = [];

    whenExchanged(() => ({ kind: 'refused', code: 'AADSTS500133' }));
    results.push(await signIns.signIn(alex, assertionOf(alex)));
    whenExchanged(() => ({ kind: 'interaction', code: 'AADSTS65001' }));
    results.push(await signIns.signIn(alex, assertionOf(alex)));
    whenExchanged(() => ({ kind: 'token', token: assertionOf(megan), expiresAt: clock.now() + hour }));
    results.push(await signIns.signIn(alex, assertionOf(alex)));

    expect(results).toEqual([
      { kind: 'refused', why: 'AADSTS500133' },
      { kind: 'interaction', code: 'AADSTS65001' },
      { kind: 'refused', why: 'token of another person' },
    ]);
    expect(signIns.present()).toEqual([]);
  });
});

describe('a sign-in', () => {
  it('ends a minute before its token does, as calls take their time', async () => {
    const { signIns, clock } = stage();
    await signIns.signIn(alex, assertionOf(alex));

    await clock.advance(hour - 61_000);
    const before = signIns.servicesOf(alex.id);
    await clock.advance(2_000);

    expect(before).not.toBeNull();
    expect(signIns.servicesOf(alex.id)).toBeNull();
    expect(signIns.endOf(alex.id)).toBeNull();
    expect(signIns.present()).toEqual([]);
  });

  it('can be ended, and then gives its token to no code that still holds it', async () => {
    const { signIns } = stage();
    await signIns.signIn(alex, assertionOf(alex));
    const held = signIns.servicesOf(alex.id);

    const was = signIns.forget(alex.id);

    expect(was).toBe(true);
    await expect(held?.token()).rejects.toThrow('the sign-in is over');
    expect(signIns.servicesOf(alex.id)).toBeNull();
    expect(signIns.forget(alex.id)).toBe(false);
  });

  it('survives the person’s next one for the work under way with it', async () => {
    const { signIns } = stage();
    await signIns.signIn(alex, assertionOf(alex));
    const held = signIns.servicesOf(alex.id);

    await signIns.signIn(alex, assertionOf(alex));

    expect(await held?.token()).toBe('opaque 1');
    expect(await signIns.servicesOf(alex.id)?.token()).toBe('opaque 2');
  });

  it('makes room for others when it is the least recently used', async () => {
    const { signIns } = stage(2);
    const patti = { id: '5eed0000-0000-4000-8000-000000000005', tenantId };
    await signIns.signIn(alex, assertionOf(alex));
    await signIns.signIn(megan, assertionOf(megan));
    signIns.servicesOf(alex.id);

    await signIns.signIn(patti, assertionOf(patti));

    expect(signIns.present()).toEqual([alex.id, patti.id]);
  });
});
