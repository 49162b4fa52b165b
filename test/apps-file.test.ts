import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readAppsFile } from '../src/apps-file.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'usher-apps-'));
  path = join(folder, 'apps.json');
});

afterEach(() => rmSync(folder, { recursive: true }));

function readText(text: string) {
  writeFileSync(path, text);
  return readAppsFile(path);
}

const read = (entries: unknown) => readText(JSON.stringify(entries));

describe('the apps file', () => {
  it('is nothing where none is named', () => {
    expect(readAppsFile(null)).toEqual({ ok: true, entries: [] });
  });

  it('gives apps the names that people type', () => {
    expect(read([{ app: ' Salesforce ', aliases: [' sf', 'crm'] }, { app: 'Payroll' }])).toEqual({
      ok: true,
      entries: [
        { app: 'Salesforce', aliases: ['sf', 'crm'], approvers: [], assign: null },
        { app: 'Payroll', aliases: [], approvers: [], assign: null },
      ],
    });
  });

  it('gives apps approvers of their own, by id in any case, and the role that an approval assigns', () => {
    const approvers = ['5EED0000-0000-4000-8000-0000000001AA', '5eed0000-0000-4000-8000-000000000003'];

    expect(read([{ app: 'Salesforce', approvers, assign: { appRole: ' Standard User ' } }])).toEqual({
      ok: true,
      entries: [
        {
          app: 'Salesforce',
          aliases: [],
          approvers: ['5eed0000-0000-4000-8000-0000000001aa', '5eed0000-0000-4000-8000-000000000003'],
          assign: { appRole: 'Standard User' },
        },
      ],
    });
  });

  it('may be empty', () => {
    expect(read([])).toEqual({ ok: true, entries: [] });
  });

  it('that is not there is reported, with its variable', () => {
    expect(readAppsFile(join(folder, 'other.json'))).toEqual({
      ok: false,
      problems: [
        {
          variable: 'APPS_FILE',
          problem: expect.stringContaining('which cannot be read'),
          fix: expect.stringContaining('path'),
        },
      ],
    });
  });

  it('that is a folder is reported', () => {
    expect(readAppsFile(folder)).toMatchObject({ ok: false, problems: [{ problem: expect.stringContaining('read') }] });
  });

  it.each(['', '[', 'app: Salesforce'])('that is not JSON is reported with its position: %j', (text) => {
    expect(readText(text)).toMatchObject({
      ok: false,
      problems: [
        {
          variable: 'APPS_FILE',
          problem: expect.stringContaining('which does not hold JSON'),
          fix: expect.stringMatching(/^correct it: .+/),
        },
      ],
    });
  });

  it.each([
    ['the top', { app: 'Salesforce' }],
    ['the top', null],
    ['0.app', [{ aliases: ['sf'] }]],
    ['0.app', [{ app: '  ' }]],
    ['1.aliases', [{ app: 'A' }, { app: 'B', aliases: 'b' }]],
    ['0.aliases.1', [{ app: 'A', aliases: ['a', ''] }]],
    ['0', [{ app: 'A', alias: ['a'] }]],
    ['0', ['Salesforce']],
    ['0.approvers.0', [{ app: 'A', approvers: ['App Approvers'] }]],
    ['0.assign', [{ app: 'A', assign: true }]],
    ['0.assign.appRole', [{ app: 'A', assign: {} }]],
    ['0.assign.appRole', [{ app: 'A', assign: { appRole: ' ' } }]],
    ['0.assign', [{ app: 'A', assign: { appRole: 'User', group: 'Sales' } }]],
  ])('with a mistake at %s is reported with that position: %j', (place, entries) => {
    expect(read(entries)).toMatchObject({
      ok: false,
      problems: [{ variable: 'APPS_FILE', problem: expect.stringContaining(`has a mistake at ${place}: `) }],
    });
  });

  it('reports all its mistakes at once', () => {
    const result = read([{ app: '' }, { app: 'B', aliases: [7] }]);

    expect(result.ok ? [] : result.problems).toHaveLength(2);
  });

  it.each([
    [
      'two apps',
      [
        { app: 'A', aliases: ['crm', 'x'] },
        { app: 'B', aliases: ['CRM'] },
      ],
    ],
    ['one app twice', [{ app: 'A', aliases: ['crm', 'Crm'] }]],
  ])('that gives an alias to %s is reported, as no reader could tell which app is meant', (_what, entries) => {
    expect(read(entries)).toMatchObject({
      ok: false,
      problems: [{ problem: expect.stringMatching(/: crm$/), fix: 'let each alias stand once' }],
    });
  });
});
