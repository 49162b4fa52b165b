import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { KitEntry } from '../src/apps-file.ts';
import { lookAtAppsFile } from '../src/first-look.ts';
import { createApplications } from '../src/graph/applications.ts';
import { createKits } from '../src/graph/kit-apps.ts';
import { createSynchronization } from '../src/graph/synchronization.ts';
import { type Bench, captureLog, startBench } from './graph/support.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench.close());

async function look(...kitEntries: readonly KitEntry[]): Promise<readonly unknown[]> {
  const { graph, clock } = bench;
  const { log, lines } = captureLog();
  const applications = createApplications({ graph, clock, entries: [], kits: kitEntries });
  const kits = createKits({ entries: kitEntries, applications });
  await lookAtAppsFile({ applications, kits, synchronization: createSynchronization({ graph, clock }), clock, log });
  return lines.map((line) => JSON.parse(line) as unknown);
}

const noTerms = { ask: null, approvers: [], assign: null } as const;

describe('the first look at the apps file', () => {
  it('names the apps of kits that have no provisioning', async () => {
    const lines = await look(
      { kit: 'Sales', aliases: [], apps: ['Salesforce', 'Payroll', 'Salesfarce'], ...noTerms },
      { kit: 'Finance', aliases: [], apps: ['Payroll'], ...noTerms },
    );

    expect(lines).toEqual([
      expect.objectContaining({
        code: 'kits_without_job',
        apps: [
          { kit: 'Sales', app: 'Payroll' },
          { kit: 'Finance', app: 'Payroll' },
        ],
      }),
    ]);
  });

  it('says nothing of apps with provisioning, nor of those that could not be read', async () => {
    bench.sandbox.failNext(/\/jobs$/, { kind: 'status', status: 403 });

    expect(await look({ kit: 'Sales', aliases: [], apps: ['Salesforce'], ...noTerms })).toEqual([]);
    expect(await look({ kit: 'Sales', aliases: [], apps: ['Salesforce', 'Zscaler'], ...noTerms })).toEqual([]);
  });
});
