import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { quarantineHistory } from '../../src/graph/quarantine-history.ts';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import { type Bench, startBench } from './support.ts';

const { zscaler, salesforce } = apps;
const day = 24 * 60 * 60_000;

let bench: Bench;
let monthAgo: number;
beforeEach(async () => {
  bench = await startBench();
  monthAgo = bench.sandbox.tenant.clock.now() - 30 * day;
});
afterEach(() => bench.close());

const answering = (status: number, body?: unknown, code?: string) =>
  bench.sandbox.failNext('/auditLogs/directoryAudits', {
    kind: 'status',
    status,
    ...(body === undefined ? {} : { body }),
    ...(code === undefined ? {} : { code }),
  });

describe('the quarantines of an app', () => {
  it('are those of its own, the newest first', async () => {
    const history = await quarantineHistory(bench.graph, zscaler.id, monthAgo);
    const quarantines = history.kind === 'read' ? history.quarantines : [];

    expect(history).toMatchObject({ kind: 'read', isComplete: true });
    expect(quarantines.length).toBe(3);
    expect(quarantines.map(({ at }) => at)).toEqual(quarantines.map(({ at }) => at).toSorted((a, b) => b - a));
    expect(quarantines[0]).toMatchObject({
      errorCode: 'SystemForCrossDomainIdentityManagementInvalidCredentials',
      reason: expect.stringContaining('Zscaler was put into quarantine'),
    });
    expect(await quarantineHistory(bench.graph, salesforce.id, monthAgo)).toMatchObject({ quarantines: [] });
  });

  it('reach back as far as the caller asks', async () => {
    const history = await quarantineHistory(bench.graph, zscaler.id, bench.sandbox.tenant.clock.now() - 10 * day);

    expect(history.kind === 'read' ? history.quarantines.length : null).toBe(2);
  });

  it('are read from the composed example, and of other entries none', async () => {
    const { value } = JSON.parse(
      readFileSync(new URL('../fixtures/graph/directory-audit-quarantine.json', import.meta.url), 'utf8'),
    );
    const [entry] = value;
    const others = [{ ...entry, activityDisplayName: 'Export' }, { ...entry, activityDateTime: 'once' }, 'an entry'];
    answering(200, { value: [...others, entry], '@odata.nextLink': 'more' });

    expect(await quarantineHistory(bench.graph, zscaler.id, 0)).toEqual({
      kind: 'read',
      isComplete: false,
      quarantines: [
        {
          at: Date.parse('2026-11-24T02:10:11.123Z'),
          errorCode: 'SystemForCrossDomainIdentityManagementInvalidCredentials',
          reason: 'Provisioning of Zscaler was put into quarantine: the credentials were refused.',
        },
      ],
    });
  });

  it('are left out without the permission', async () => {
    bench.sandbox.tenant.withdraw('AuditLog.Read.All');

    expect(await quarantineHistory(bench.graph, zscaler.id, monthAgo)).toEqual({
      kind: 'notAvailable',
      why: 'permission',
    });
  });

  it.each([
    [403, 'Authentication_RequestFromNonPremiumTenantOrB2CTenant', 'licence'],
    [404, 'ResourceNotFound', 'cloud'],
    [405, 'Request_BadRequest', 'cloud'],
  ])('are left out after %s %s', async (status, code, why) => {
    answering(status, undefined, code);

    expect(await quarantineHistory(bench.graph, zscaler.id, monthAgo)).toEqual({ kind: 'notAvailable', why });
  });

  it('are asked for without their order where that is refused', async () => {
    answering(400);

    const history = await quarantineHistory(bench.graph, zscaler.id, monthAgo);

    expect(history).toMatchObject({ kind: 'read', quarantines: [{}, {}, {}] });
    expect(bench.sandbox.requests.map(({ query }) => query.includes('$orderby'))).toEqual([true, false]);
  });

  it.each([429, 500])('are unread after %s', async (status) => {
    answering(status);

    expect(await quarantineHistory(bench.graph, zscaler.id, monthAgo)).toMatchObject({
      kind: 'unread',
      trouble: { status },
    });
  });
});
