import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import { type Config, describeProblems, readConfig } from '../../src/config.ts';
import { runChecks } from '../../src/doctor/run-checks.ts';
import { streamChecks } from '../../src/doctor/stream-checks.ts';
import { sandboxEnvironment } from '../../src/sandbox/environment.ts';
import { type Answer, type EventReceiver, secretOf, startEventReceiver } from '../streams/support.ts';

let server: EventReceiver;
let folder: string;
beforeEach(async () => {
  server = await startEventReceiver();
  folder = mkdtempSync(join(tmpdir(), 'usher-doctor-'));
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

function configOf(more: Readonly<Record<string, string>>): Config {
  const read = readConfig({ ...sandboxEnvironment('http://127.0.0.1:1/v1.0'), ...more });
  if (!read.ok) throw new Error(describeProblems(read.problems));
  return read.config;
}

const withReceiver = () =>
  configOf({ EVENTS_URL: server.url, EVENTS_SECRET: secretOf('a'), EVENTS_ALLOW_PRIVATE: 'true' });
const examine = (config: Config) => runChecks(streamChecks(config, systemClock), 30_000, systemClock);

describe('the doctor on streams', () => {
  it('says nothing where none is set up', async () => {
    expect(await examine(configOf({}))).toEqual([]);
  });

  it('sends the receiver a test event', async () => {
    expect(await examine(withReceiver())).toEqual([expect.objectContaining({ id: 'events', outcome: 'good' })]);
    expect(server.accepted.map(({ event }) => event.type)).toEqual(['usher.test']);
  });

  it.each<[Answer, RegExp]>([
    [{ status: 401 }, /401/],
    [{ status: 302 }, /302/],
    [{ status: 410 }, /wants no events/],
    ['reset', /UND_ERR_SOCKET|ECONNRESET/],
  ])('tells of a receiver that answers %j', async (answer, detail) => {
    server.answerBy(() => answer);

    expect(await examine(withReceiver())).toEqual([
      expect.objectContaining({ outcome: 'wrong', detail: expect.stringMatching(detail) }),
    ]);
  });

  it('looks whether the file can be written, and writes nothing', async () => {
    const config = configOf({ AUDIT_STREAM: `file:${join(folder, 'audit.jsonl')}` });

    expect(await examine(config)).toEqual([expect.objectContaining({ id: 'auditStream', outcome: 'good' })]);
    rmSync(folder, { recursive: true });
    expect(await examine(config)).toEqual([expect.objectContaining({ id: 'auditStream', outcome: 'wrong' })]);
  });
});
