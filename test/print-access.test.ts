import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runAccess } from '../src/print-access.ts';
import { sandboxEnvironment } from '../src/sandbox/environment.ts';
import { people } from '../src/sandbox/tenant/people.ts';
import { startTestUsher, type TestUsher } from './support/usher.ts';

/** The command beside a running bot: both read one database and one Graph. */
describe('npm run access', () => {
  let teams: TestUsher;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'usher-access-'));
    teams = await startTestUsher({ databasePath: join(folder, 'usher.db') });
    await teams.say('patti', 'pending');
    await teams.say('megan', 'request access for isaiah to Salesforce');
    await teams.settled();
    const asked = (await teams.records()).find(({ kind }) => kind === 'accessAsked');
    await teams.say('patti', `approve ${asked?.requestId}`);
    await teams.settled();
  });
  afterAll(async () => {
    await teams.close();
    rmSync(folder, { recursive: true });
  });

  const settings = () => ({
    ...sandboxEnvironment(teams.sandbox.url),
    DATABASE_URL: `file:${join(folder, 'usher.db')}`,
    LOG_LEVEL: 'silent',
  });

  async function run(environment: Readonly<Record<string, string>>, ...args: readonly string[]) {
    const texts = { out: '', err: '' };
    const into = (name: keyof typeof texts) =>
      new Writable({
        write(chunk: Buffer, _encoding, done) {
          texts[name] += chunk.toString();
          done();
        },
      });
    const code = await runAccess(args, { out: into('out'), err: into('err'), environment });
    return { code, ...texts };
  }

  it('prints who holds which role through what, who decided, and what has no end', async () => {
    const { code, out, err } = await run(settings());

    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/operator: 1\n {2}Alex Wilber <alex@contoso\.com> through OPERATORS “Helpdesk” 5eed/);
    expect(out).toMatch(/Decisions since \d{4}-\d\d-\d\d:\n {2}Patti Fernandez: approved 1, denied 0\n/);
    expect(out).toMatch(/Given without an end:\n {2}Isaiah Langer, Salesforce: .* approved by Patti Fernandez/);
  });

  it('prints the same as JSON', async () => {
    const { out } = await run(settings(), '--json');

    expect(JSON.parse(out)).toMatchObject({
      people: expect.arrayContaining([expect.objectContaining({ id: people.alex.id, barred: null })]),
      unread: [],
      deciders: [{ id: people.patti.id, approved: 1, denied: 0, decidesStill: true }],
      withoutEnd: { given: [{ personId: people.isaiah.id, approvedBy: 'Patti Fernandez' }], isMore: false },
    });
  });

  it('says which groups it could not read, and ends with another code', async () => {
    teams.sandbox.failNext(/transitiveMembers/, { kind: 'status', status: 403 });

    const { code, out } = await run(settings());

    expect(code).toBe(3);
    expect(out).toMatch(/Could not be read, so more people may hold these roles:\n {2}\w+ through [A-Z]+ 5eed.*: 403/);
  });

  it.each([
    [['--jason'], 2, '--jason'],
    [['--help'], 0, ''],
  ])('answers %j', async (args, expected, complaint) => {
    const { code, err } = await run(settings(), ...args);

    expect(code).toBe(expected);
    expect(err).toContain(complaint);
  });

  it('makes no database where there is none', async () => {
    const { code, err } = await run({ ...settings(), DATABASE_URL: `file:${join(folder, 'none.db')}` });

    expect(code).toBe(1);
    expect(err).toContain('is not there');
  });
});
