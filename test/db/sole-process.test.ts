import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import { takenRefusal } from '../../src/db/refusals.ts';
import { becomeSoleProcess, type SoleProcess } from '../../src/db/sole-process.ts';

const beatMs = 100;
let folder: string;
let path: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'usher-sole-'));
  path = join(folder, 'deep', 'usher.db');
});
afterEach(async () => {
  for (const child of children.splice(0)) await kill(child);
  rmSync(folder, { recursive: true });
});

/** Another process that opens the file and keeps it. */
async function holdElsewhere(): Promise<ChildProcess> {
  const text = `
    const { becomeSoleProcess } = await import('./src/db/sole-process.ts');
    const { systemClock } = await import('./src/clock.ts');
    const held = await becomeSoleProcess(${JSON.stringify(path)}, systemClock, { beatMs: ${beatMs} });
    process.stdout.write(held.kind);
    setInterval(() => undefined, 1_000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', text], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [said] = await once(child.stdout, 'data');
  expect(String(said)).toBe('held');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

const become = (machine?: string) =>
  becomeSoleProcess(path, systemClock, { beatMs, ...(machine === undefined ? {} : { machine }) });

function release(claim: SoleProcess): void {
  if (claim.kind === 'held') claim.release();
}

describe('an SQLite file that another process holds', () => {
  it('is refused, with an error that names the other process and suggests PostgreSQL', async () => {
    const other = await holdElsewhere();

    const claim = await become();

    expect(claim).toMatchObject({ kind: 'taken', by: { pid: other.pid, host: hostname() } });
    const { what, fix } = takenRefusal(path, claim.kind === 'taken' ? claim.by : null);
    expect(what).toMatch(new RegExp(`process ${other.pid} on ${hostname()}, since \\d{4}-`));
    expect(fix).toContain('postgres://');
  });

  it('is free at once when that process was killed', async () => {
    await kill(await holdElsewhere());

    const claim = await become();

    expect(claim.kind).toBe('held');
    release(claim);
  });

  it('is the same file by another name', async () => {
    await holdElsewhere();
    const link = join(folder, 'link.db');
    symlinkSync(path, link);

    expect((await becomeSoleProcess(link, systemClock)).kind).toBe('taken');
  });
});

describe('the lock note that a killed process left', () => {
  const note = (machine: string) =>
    JSON.stringify({ pid: process.pid, host: 'elsewhere', since: '2026-01-05T09:00:00.000Z', machine, beat: 7 });

  it('does not lock the file for good, though its process id is that of a living process', async () => {
    release(await become('this'));
    writeFileSync(`${path}.owner`, note('this'));

    const claim = await become('this');

    expect(claim.kind).toBe('held');
    release(claim);
  });

  it('of another machine is respected while its count goes on, as a lock may not work across machines', async () => {
    release(await become('this'));
    writeFileSync(`${path}.owner`, note('another'));
    const claiming = become('this');
    writeFileSync(`${path}.owner`, note('another').replace('7}', '8}'));

    expect(await claiming).toMatchObject({ kind: 'taken', by: { host: 'elsewhere' } });
  });

  it('of another machine is ignored when its count stands still', async () => {
    release(await become('this'));
    writeFileSync(`${path}.owner`, note('another'));

    const claim = await become('this');

    expect(claim.kind).toBe('held');
    release(claim);
  });

  it.each(['', '{', '[]', '{"pid":"1"}'])('that reads %j does not lock the file', async (text) => {
    release(await become());
    writeFileSync(`${path}.owner`, text);

    const claim = await become();

    expect(claim.kind).toBe('held');
    release(claim);
  });
});

describe('a second Usher in the same process', () => {
  it('shares the file, which the last of them releases', async () => {
    const first = await become();
    const second = await become();

    release(first);
    const isHeld = existsSync(`${path}.owner`);
    release(second);

    expect([second.kind, isHeld, existsSync(`${path}.owner`)]).toEqual(['held', true, false]);
  });

  it('needs no file for a database in memory', async () => {
    expect((await becomeSoleProcess(':memory:', systemClock)).kind).toBe('held');
  });
});
