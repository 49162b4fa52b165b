import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readConfig } from '../../src/config.ts';
import { configWarnings } from '../../src/config-warnings.ts';
import type { Line } from '../../src/doctor/run-checks.ts';
import { sandboxEnvironment } from '../../src/sandbox/environment.ts';
import { type SandboxGraph, startSandboxGraph } from '../../src/sandbox/graph/server.ts';
import { groups } from '../../src/sandbox/tenant/groups.ts';
import { doctor, type Environment, idsOf, linesOf } from './support.ts';

let folder: string;
let sandbox: SandboxGraph;
let usual: Environment;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'usher-doctor-'));
  sandbox = await startSandboxGraph({ port: 0 });
  // No bot listens on this port.
  usual = { ...sandboxEnvironment(sandbox.url), PORT: '1', DATABASE_URL: `file:${join(folder, 'usher.db')}` };
});
afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

describe('a settings file', () => {
  const program = fileURLToPath(new URL('../../src/doctor.ts', import.meta.url));

  /** As `npm run doctor` starts it, with Node's own reading of the file. */
  async function told(text: string, environment: Environment = {}): Promise<readonly Line[]> {
    const path = join(folder, '.env');
    writeFileSync(path, text);
    const run = promisify(execFile)(process.execPath, [`--env-file-if-exists=${path}`, program, '--json'], {
      env: { ...environment },
    });
    // It ends with 1, as these settings lack most of what is needed.
    const { stdout } = await run.catch((error: { readonly stdout: string }) => error);
    return (JSON.parse(stdout) as { readonly lines: readonly Line[] }).lines;
  }

  it.each([
    ['within a secret', 'MicrosoftAppPassword=abc#def'],
    ['at its beginning', 'MicrosoftAppPassword=#abcdef'],
    ['after a word and a space', 'MicrosoftAppPassword=abc d#ef'],
    ['of an exported setting', 'export MicrosoftAppPassword=abc#def'],
    ['twice', 'MicrosoftAppPassword=abc##def'],
  ])('that a “#” cuts %s is told with the name of the setting, and never its value', async (_where, text) => {
    const lines = await told(`PORT=3978\n${text}\n`);

    expect(lines[0]).toMatchObject({
      id: 'envFile',
      outcome: 'wrong',
      detail: expect.stringMatching(/cuts off the rest of the value: MicrosoftAppPassword$/),
    });
    expect(JSON.stringify(lines)).not.toMatch(/abc|def|d#ef/);
  });

  it.each([
    ['in quotes', 'MicrosoftAppPassword="abc#def"', {}],
    ['that begins a comment', 'MicrosoftAppPassword=abcdef # from the vault', {}],
    ['of a setting that comes from elsewhere', 'MicrosoftAppPassword=abc#def', { MicrosoftAppPassword: 'ghi#jkl' }],
    ['in a comment of its own', '# MicrosoftAppPassword=abc#def', {}],
  ])('is good with a “#” %s', async (_where, text, environment) => {
    const lines = await told(`${text}\n`, environment);

    expect(lines[0]).toMatchObject({ id: 'envFile', outcome: 'good' });
  });

  it('is not looked for where Node reads none', async () => {
    expect((await linesOf(usual)).map(({ id }) => id)).not.toContain('envFile');
  });

  it('whose quotes became a part of the value is told', async () => {
    const lines = await linesOf({ ...usual, AZURE_CLIENT_SECRET: '"abc#def"' });

    expect(lines.find(({ id }) => id === 'quotes')).toMatchObject({
      outcome: 'wrong',
      detail: 'the value begins and ends with a quote: AZURE_CLIENT_SECRET',
    });
  });
});

describe('what `npm start` warns of', () => {
  it.each<[string, Environment]>([
    ['a bot without tokens', {}],
    ['a limit above that of Graph', { PROVISION_LIMIT: '50' }],
    ['a database without encryption', { DATABASE_URL: 'postgres://usher@db.invalid/usher' }],
    ['requests that cannot be decided', { APPROVERS: '', APPS_FILE: '' }],
  ])('is what the doctor tells, with the fix: %s', async (_name, changes) => {
    const environment = { ...usual, ...changes };
    const read = readConfig(environment);
    const warnings = read.ok ? configWarnings(read.config) : [];

    const lines = (await linesOf(environment)).filter(({ id }) => id.startsWith('setting:'));

    const told = lines.map((line) => `${line.detail}; ${'fix' in line ? line.fix.slice(0, -1) : ''}`);
    expect(warnings.length).toBe(Object.keys(changes).length === 0 ? 1 : 2);
    expect(told).toEqual(warnings);
  });

  it('does not make an installation wrong, and is counted', async () => {
    const { code, out } = await doctor({ ...usual, PROVISION_LIMIT: '50' }, []);

    expect(code).toBe(1);
    expect(out).toMatch(/^! Setting PROVISION_LIMIT: .*\n {4}To fix: remove both\.$/m);
    expect(out).toMatch(/^2 warnings\.\n1 wrong\./m);
  });
});

describe('requesters whose requests cannot be decided', () => {
  const appsFile = (content: unknown) => {
    const path = join(folder, 'apps.json');
    writeFileSync(path, JSON.stringify(content));
    return path;
  };

  it.each<[string, () => Environment, readonly string[]]>([
    ['are a problem', () => ({ APPROVERS: '', APPS_FILE: '' }), ['setting:APPROVERS']],
    [
      'are one where the apps name no approvers either',
      () => ({ APPROVERS: '', APPS_FILE: appsFile([{ app: 'Salesforce' }]) }),
      ['setting:APPROVERS'],
    ],
    [
      'are none where an app has approvers of its own',
      () => ({ APPROVERS: '', APPS_FILE: appsFile([{ app: 'Salesforce', approvers: [groups.helpdesk.id] }]) }),
      [],
    ],
    ['are none where there are no requesters', () => ({ APPROVERS: '', REQUESTERS: '', APPS_FILE: '' }), []],
  ])('%s', async (_name, changes, expected) => {
    const lines = await linesOf({ ...usual, ...changes() });

    expect(idsOf(lines, 'wrong')).toEqual([...expected, 'endpoint']);
  });
});
