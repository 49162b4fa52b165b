import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Database } from '../src/db/database.ts';
import { version } from '../src/graph/version.ts';
import { createLog } from '../src/log.ts';
import { recordedSettings, recordStart } from '../src/record-start.ts';
import { createTestClock } from './support/clock.ts';
import { engines, useTestDatabase } from './support/databases.ts';
import { readAudit } from './support/read-audit.ts';

describe.each(engines)('a start of Usher in the record on $name', (engine) => {
  const place = useTestDatabase(engine);
  const clock = createTestClock();
  const log = createLog('silent');
  let database: Database;

  beforeAll(async () => {
    database = await place.open(clock);
  });
  beforeEach(() => place.empty());

  const start = (settings: Readonly<Record<string, string>>) => recordStart({ database, clock, log }, settings);
  const entries = async () => (await readAudit(database.query, 10)).toReversed();
  const names = ({ details }: Awaited<ReturnType<typeof entries>>[number]) => details.settings;

  it('names version and configuration, and no value', async () => {
    await start({ REQUEST_FOR: 'anyone', OPERATORS: 'helpdesk' });

    const [entry, ...others] = await entries();
    expect(entry).toMatchObject({ kind: 'usherStarted', actorId: '', requestId: null });
    expect(entry?.details).toEqual({ version, configuration: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(others).toEqual([]);
  });

  it('says which settings differ from the start before, those that came and went included', async () => {
    await start({ REQUEST_FOR: 'anyone', OPERATORS: 'helpdesk', PORT: '3978' });
    await start({ REQUEST_FOR: 'reports', OPERATORS: 'helpdesk', TICKETS: 'required' });

    const [first, second, change] = await entries();
    expect(change?.kind).toBe('configurationChanged');
    expect(change?.details).toEqual({
      version,
      configuration: second?.details.configuration,
      before: first?.details.configuration,
      settings: ['PORT', 'REQUEST_FOR', 'TICKETS'],
    });
  });

  it('says nothing of a change where there is none, and tells each change once', async () => {
    for (const REQUEST_FOR of ['anyone', 'anyone', 'reports', 'reports']) await start({ REQUEST_FOR });
    for (let times = 0; times < 2; times += 1) await start({});

    const changes = (await entries()).filter(({ kind }) => kind === 'configurationChanged');
    expect(changes.map(names)).toEqual([['REQUEST_FOR'], ['REQUEST_FOR']]);
  });

  it('does not keep Usher from starting when the record cannot be written to', async () => {
    const broken = { ...database, transact: async () => Promise.reject(new Error('the disk is full')) };

    await expect(recordStart({ database: broken, clock, log }, { PORT: '1' })).resolves.toBeUndefined();
  });
});

describe('the settings of a start', () => {
  it('include what APPS_FILE says, not only its path', () => {
    const config = { settings: { APPS_FILE: 'apps.json', PORT: '1' } } as unknown as Parameters<
      typeof recordedSettings
    >[0];
    const read = (approvers: readonly string[]) =>
      recordedSettings(config, { ok: true, entries: [{ app: 'Salesforce', approvers }], kits: [] } as never);

    expect(read(['patti']).APPS_FILE).not.toBe(read(['alex']).APPS_FILE);
    expect(read(['patti']).PORT).toBe('1');
  });
});
