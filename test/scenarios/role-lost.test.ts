import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, jest } from '@jest/globals';
import { startConnector } from '../../src/sandbox/teams/connector.ts';
import { startTestUsher } from '../support/usher.ts';

jest.setTimeout(30_000);

it('a person who has lost their role withdraws what they asked for, and does nothing else', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'usher-role-lost-'));
  const databasePath = join(folder, 'usher.db');
  const connector = await startConnector();
  const before = await startTestUsher({ databasePath, connector });
  await before.say('megan', 'request access for isaiah to Salesforce');
  await before.settled();
  const own = /Request ([A-Z0-9]{6})/i.exec(before.lastCard('personal-megan').text)?.[1] ?? '';
  await before.close();
  const after = await startTestUsher({ databasePath, connector, environment: { REQUESTERS: '' } });
  const answerTo = async (line: string) => {
    await after.say('megan', line);
    await after.settled();
    return after.lastCard('personal-megan').text;
  };

  const shown = await answerTo('requests');
  const asked = await answerTo('request access for diego to Salesforce');
  const cancelled = await answerTo(`cancel ${own}`);
  const [newest] = await after.records();
  await after.close();
  await connector.close();
  rmSync(folder, { recursive: true });

  expect([shown, asked].map((text) => /You don’t have permission to do this/.test(text))).toEqual([true, true]);
  expect(cancelled).not.toContain('You don’t have permission to do this');
  expect(newest).toMatchObject({ kind: 'accessCancelled', requestId: own });
});
