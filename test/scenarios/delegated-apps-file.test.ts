import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { people } from '../../src/sandbox/tenant/people.ts';
import { type DelegatedStage, openDelegatedStage } from './delegated-stage.ts';

const metricsToken = 'a-token-of-thirty-two-characters';
let folder: string;
let stage: DelegatedStage;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'usher-delegated-'));
  const file = join(folder, 'apps.json');
  writeFileSync(file, JSON.stringify([{ app: 'Salesfarce', approvers: [people.patti.id] }]));
  stage = await openDelegatedStage({ APPS_FILE: file, METRICS_TOKEN: metricsToken });
});
afterEach(async () => {
  await stage.close();
  rmSync(folder, { recursive: true, force: true });
});

const answerOf = async (path: string) => {
  const headers = { authorization: `Bearer ${metricsToken}` };
  return (await fetch(stage.usher.endpoint.replace('/api/messages', path), { headers })).text();
};

it('an entry of APPS_FILE that leads nowhere is reported as soon as a signed-in person has met it', async () => {
  await stage.say('alex', 'apps');
  await stage.bringToken('alex');
  await stage.shows('alex', 'Salesforce');

  expect(await answerOf('/readyz')).toContain('Salesfarce: none');
  expect(await answerOf('/metrics')).toContain('usher_apps_file_broken_entries 1');
});
