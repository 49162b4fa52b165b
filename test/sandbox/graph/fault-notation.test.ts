import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readFault, readFaults } from '../../../src/sandbox/graph/fault-notation.ts';
import { type SandboxGraph, startSandboxGraph } from '../../../src/sandbox/graph/server.ts';

describe('a fault in one word', () => {
  it.each([
    ['403', { kind: 'status', status: 403 }],
    ['429/40', { kind: 'status', status: 429, headers: { 'Retry-After': '40' } }],
    ['409:Conflict', { kind: 'status', status: 409, code: 'Conflict' }],
    ['503:Away/5+done', { kind: 'status', status: 503, code: 'Away', headers: { 'Retry-After': '5' }, workDone: true }],
    ['cutOff', { kind: 'cutOff' }],
    ['silence+done', { kind: 'silence', workDone: true }],
    ['token', expect.objectContaining({ status: 401, code: 'InvalidAuthenticationToken' })],
    ['inProgress', expect.objectContaining({ status: 409 })],
  ])('is read: %s', (text, fault) => {
    expect(readFault(text)).toEqual(fault);
  });

  it.each(['', '99', '700', 'nothing', 'constructor', '429/soon', 'cutOff cutOff'])('is none: %j', (text) => {
    expect(readFault(text)).toBeNull();
  });
});

describe('a script of faults', () => {
  it('names the calls, and the faults that strike them one after the other', () => {
    expect(readFaults('provisionOnDemand=504+done,403; /users=429/40')).toEqual([
      { where: /provisionOnDemand/, fault: { kind: 'status', status: 504, workDone: true } },
      { where: /provisionOnDemand/, fault: { kind: 'status', status: 403 } },
      { where: '/users', fault: { kind: 'status', status: 429, headers: { 'Retry-After': '40' } } },
    ]);
  });

  it.each(['provisionOnDemand', '=403', '/users=', '/users=never'])(
    'rejects what it does not understand: %s',
    (script) => {
      expect(() => readFaults(script)).toThrow(/no fault/);
    },
  );
});

describe('the sandbox', () => {
  let sandbox: SandboxGraph;
  beforeEach(async () => {
    sandbox = await startSandboxGraph({ port: 0, latencyMs: 0, faults: '/users=503' });
  });
  afterEach(() => sandbox.close());
  const get = async (headers: Readonly<Record<string, string>> = {}) =>
    (await fetch(`${sandbox.url}/users/alex@contoso.com`, { headers })).status;

  it('answers with the faults of its setting, and then as usual', async () => {
    expect([await get(), await get()]).toEqual([503, 200]);
  });

  it('answers a call with the fault in its header, and leaves the others their own', async () => {
    expect([await get({ 'x-sandbox-fault': '404' }), await get(), await get()]).toEqual([404, 503, 200]);
  });

  it('accepts more faults while it runs, and refuses unknown ones', async () => {
    const address = sandbox.url.replace('/v1.0', '/_sandbox/faults');

    const taken = await fetch(address, { method: 'POST', body: '/users=409' });
    const refused = await fetch(address, { method: 'POST', body: '/users=never' });

    expect([taken.status, refused.status]).toEqual([204, 400]);
    expect([await get(), await get(), await get()]).toEqual([503, 409, 200]);
  });
});
