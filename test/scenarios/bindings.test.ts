import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import { groups } from '../../src/sandbox/tenant/groups.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { startTestUsher, type TestUsher } from '../support/usher.ts';

let folder: string;
let teams: TestUsher;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'usher-bindings-'));
});
afterEach(async () => {
  await teams.close();
  rmSync(folder, { recursive: true, force: true });
});

const start = (entries: readonly object[]) => {
  const file = join(folder, 'apps.json');
  writeFileSync(file, JSON.stringify(entries));
  return startTestUsher({
    databasePath: join(folder, 'usher.db'),
    environment: { APPS_FILE: file, PROVISION_WINDOW_MS: '100' },
  });
};
const bindings = () => {
  const database = new DatabaseSync(teams.databasePath);
  const rows = database.prepare('SELECT entry, app_id FROM app_bindings').all();
  database.close();
  return rows.map((row) => ({ ...row }));
};
const answerOf = async (path: string) => (await fetch(teams.endpoint.replace('/api/messages', path))).text();

it('an entry by name is bound when its app is first seen, and while it leads nowhere no approver decides on apps of the name', async () => {
  const entries = [{ app: 'Salesforce', approvers: [groups.helpdesk.id] }];
  teams = await start(entries);
  await teams.say('megan', 'request access for isaiah to Salesforce');
  await teams.settled();
  const bound = bindings();
  await teams.close();
  const database = new DatabaseSync(teams.databasePath);
  database.exec(`UPDATE app_bindings SET app_id = '${people.alex.id}'`);
  database.close();
  // An error of Node's own has another `Error` here than the code under test, which therefore does not recognize a
  // missing file.
  rmSync(`${teams.databasePath}.lock`, { force: true });

  teams = await start(entries);
  await teams.say('alex', 'pending');
  await teams.settled();
  const id = new DatabaseSync(teams.databasePath).prepare('SELECT id FROM access_requests').get()?.id;
  await teams.say('alex', `approve ${id}`);
  await teams.settled();

  expect(bound).toEqual([{ entry: 'salesforce', app_id: apps.salesforce.id }]);
  expect(teams.lastCard('personal-alex').text).toContain('No one can decide on Salesforce right now');
  expect(teams.sandbox.stats().arrivals).toEqual([]);
  expect(JSON.parse(await answerOf('/readyz'))).toMatchObject({ status: 'ready', appsFile: ['Salesforce: gone'] });
  expect(await answerOf('/metrics')).toContain('usher_apps_file_broken_entries 1');
  expect(teams.logLines).toContainEqual(expect.objectContaining({ code: 'apps_file_broken' }));
});
