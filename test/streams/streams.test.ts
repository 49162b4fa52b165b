import { mkdtempSync, readFileSync, rmSync, symlinkSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createBus } from '../../src/bus.ts';
import { systemClock } from '../../src/clock.ts';
import type { AuditStreamConfig, EventsConfig } from '../../src/config-shape.ts';
import type { Database } from '../../src/db/database.ts';
import { createLog } from '../../src/log.ts';
import { readSealed } from '../../src/streams/sealed-entries.ts';
import { readStreams } from '../../src/streams/stream-rows.ts';
import { type StreamNews, type Streams, startStreams } from '../../src/streams/streams.ts';
import { sealAll, writeEntries } from '../seals/support.ts';
import { createTestClock, type TestClock } from '../support/clock.ts';
import { engines, useTestDatabase } from '../support/databases.ts';
import { type EventReceiver, eventsConfig, type Received, startEventReceiver } from './support.ts';

/** Which entries an event says were given up, by their seals. */
const gapOf = ({ event }: Received) =>
  (event.data as { unmapped: { details: { from: number; to: number } } }).unmapped.details;

const [second, minute, hour] = [1_000, 60_000, 3_600_000];

describe.each(engines)('the streams of the record on $name', (engine) => {
  const place = useTestDatabase(engine);
  const log = createLog('info', { write: (line) => void logged.push(JSON.parse(line)) });
  const bus = createBus(log);
  let logged: { readonly code?: string }[];
  let news: StreamNews[];
  let database: Database;
  let clock: TestClock;
  let server: EventReceiver;
  let folder: string;
  let path: string;
  let running: Streams[];

  beforeAll(async () => {
    database = await place.open(systemClock);
  });
  beforeEach(async () => {
    await place.empty();
    clock = createTestClock();
    server = await startEventReceiver();
    folder = mkdtempSync(join(tmpdir(), 'usher-streams-'));
    path = join(folder, 'audit.jsonl');
    [running, logged, news] = [[], [], []];
  });
  afterEach(async () => {
    await Promise.all(running.map((streams) => streams.stop()));
    await server.close();
    rmSync(folder, { recursive: true });
    jest.restoreAllMocks();
  });

  const toFile = (): AuditStreamConfig => ({ kind: 'file', path });
  const toReceiver = () => eventsConfig(server.url);

  async function start(auditStream: AuditStreamConfig | null, events: EventsConfig | null): Promise<Streams> {
    const bot = { auth: 'none', appId: '', identity: { kind: 'none' } } as never;
    const config = { auditStream, events, allowedTenants: ['tenant'], bot };
    const streams = await startStreams({ config, database, clock, bus, log, observe: (one) => void news.push(one) });
    running.push(streams);
    await streams.settled();
    return streams;
  }

  async function stop(streams: Streams): Promise<void> {
    running = running.filter((one) => one !== streams);
    await streams.stop();
  }

  /** Writes entries, now by the clock, and seals them. */
  async function record(count: number): Promise<void> {
    await writeEntries(database.query, count, clock.now());
    await sealAll(database);
  }

  const sealedIds = async () => (await readSealed(database.query, 0, 1_000)).map(({ id }) => String(id));
  const arrivedIds = () => server.accepted.map(({ event }) => event.id);
  const idsInFile = () =>
    readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { metadata: { uid: string } }).metadata.uid);
  const gauges = () => readStreams(database.query, ['audit', 'events']);
  const codes = () => logged.flatMap(({ code }) => code ?? []);

  it('bring each entry to the file and to the receiver, in the order of the seals, the old ones too', async () => {
    await record(5);
    const streams = await start(toFile(), toReceiver());
    await record(3);
    bus.publish('sealed', null);
    await streams.settled();

    const ids = await sealedIds();
    expect(ids).toHaveLength(8);
    expect(idsInFile()).toEqual(ids);
    expect(arrivedIds()).toEqual(ids);
    expect(news.reduce((sum, { result, count }) => sum + (result === 'sent' ? count : 0), 0)).toBe(16);
  });

  it('go on where an earlier process stopped', async () => {
    await record(3);
    await stop(await start(toFile(), toReceiver()));
    await record(2);

    await start(toFile(), toReceiver());

    const ids = await sealedIds();
    expect(idsInFile()).toEqual(ids);
    expect(arrivedIds()).toEqual(ids);
  });

  it('are not held up by an entry that was removed from under its seal', async () => {
    await record(3);
    const [, second, third] = await sealedIds();
    await database.query
      .deleteFrom('audit_log')
      .where('id', 'in', [Number(second), Number(third)])
      .execute();

    const streams = await start(toFile(), toReceiver());
    await record(1);
    bus.publish('sealed', null);
    await streams.settled();

    expect(arrivedIds()).toEqual(await sealedIds());
    expect(arrivedIds()).toHaveLength(2);
  });

  it('do not send an entry before it is sealed', async () => {
    await writeEntries(database.query, 2);

    await start(toFile(), toReceiver());

    expect(server.received).toEqual([]);
  });

  it('are sent by one process at a time', async () => {
    await record(12);
    // The only process on an SQLite file takes its predecessor for dead.
    const processes = engine.name === 'PostgreSQL' ? 3 : 1;
    await Promise.all(Array.from({ length: processes }, () => start(null, toReceiver())));
    await Promise.all(running.map((streams) => streams.settled()));

    expect(arrivedIds()).toEqual(await sealedIds());
  });

  it('are taken over from a process that died', async () => {
    await record(2);
    const streams = await start(null, toReceiver());
    await stop(streams);
    const dead = { lease_owner: 'a dead process', lease_until: clock.now() + 30_000, position: 0 };
    await database.query.updateTable('streams').set(dead).execute();
    if (engine.name === 'PostgreSQL') await clock.advance(31_000);

    await start(null, toReceiver());

    const ids = await sealedIds();
    expect(arrivedIds()).toEqual([...ids, ...ids]);
  });

  it('try a receiver again by the published schedule, the same event until it arrives', async () => {
    await record(2);
    server.answerBy(() => ({ status: 500 }));
    const streams = await start(null, toReceiver());
    const [first] = await sealedIds();
    const schedule = [5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour];

    for (const [failures, pause] of schedule.entries()) {
      const { due_at: dueAt } = await database.query.selectFrom('streams').select('due_at').executeTakeFirstOrThrow();
      const inMs = (dueAt ?? 0) - clock.now();
      expect(Math.abs(inMs / pause - 1)).toBeLessThanOrEqual(0.051);
      await clock.advance(inMs - 1);
      await streams.settled();
      expect(server.received).toHaveLength(failures + 1);
      await clock.advance(1);
      await streams.settled();
      expect(server.received).toHaveLength(failures + 2);
    }
    expect(new Set(server.received.map(({ event }) => event.id))).toEqual(new Set([first]));
    expect(new Set(server.received.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(schedule.length + 1);
    server.answerBy(() => ({ status: 200 }));
    await clock.advance(26 * hour);
    await streams.settled();

    expect(arrivedIds()).toEqual(await sealedIds());
    expect(codes().filter((code) => code === 'stream_failed')).toHaveLength(schedule.length + 1);
    expect(codes()).toContain('stream_mended');
  }, 30_000);

  it('leave a receiver alone for as long as it asks', async () => {
    await record(1);
    server.answerBy(() => ({ status: 429, headers: { 'retry-after': '600' } }));
    const streams = await start(null, toReceiver());
    server.answerBy(() => ({ status: 200 }));

    await clock.advance(599 * second);
    await streams.settled();
    expect(server.received).toHaveLength(1);
    await clock.advance(2 * second);
    await streams.settled();

    expect(arrivedIds()).toEqual(await sealedIds());
  });

  it('do not let a receiver ask for more than a day', async () => {
    await record(1);
    server.answerBy(() => ({ status: 503, headers: { 'retry-after': '99999999' } }));
    const streams = await start(null, toReceiver());
    server.answerBy(() => ({ status: 200 }));

    await clock.advance(24 * hour + minute);
    await streams.settled();

    expect(arrivedIds()).toEqual(await sealedIds());
  });

  it('send nothing more to a receiver that is gone, until a start, and lose nothing', async () => {
    await record(1);
    server.answerBy(() => ({ status: 410 }));
    const streams = await start(toFile(), toReceiver());
    server.answerBy(() => ({ status: 200 }));
    await record(2);
    bus.publish('sealed', null);
    await clock.advance(48 * hour);
    await streams.settled();

    expect(server.received).toHaveLength(1);
    expect(codes()).toContain('stream_off');
    expect(await gauges()).toEqual([
      { name: 'audit', waiting: 0, isOff: false },
      { name: 'events', waiting: 3, isOff: true },
    ]);
    await stop(streams);
    await start(toFile(), toReceiver());

    expect(arrivedIds()).toEqual(await sealedIds());
    expect(idsInFile()).toEqual(await sealedIds());
  });

  it('give up events after four days without success, tell it in the record, and go on with the later ones', async () => {
    // By jitter the attempt before could come less than an hour before the first one's end; then all three go together.
    jest.spyOn(Math, 'random').mockReturnValue(0.5);
    await record(3);
    server.answerBy(() => ({ status: 500 }));
    const streams = await start(toFile(), toReceiver());
    const old = await sealedIds();
    for (let days = 0; days < 3; days += 1) {
      await clock.advance(24 * hour);
      await streams.settled();
    }
    await record(2);
    bus.publish('sealed', null);
    for (let hours = 0; hours < 30; hours += 1) {
      await clock.advance(hour);
      await streams.settled();
    }
    expect(codes()).toContain('events_given_up');
    server.answerBy(() => ({ status: 200 }));
    await sealAll(database);
    bus.publish('sealed', null);
    await clock.advance(25 * hour);
    await streams.settled();

    const ids = await sealedIds();
    const gaps = server.accepted.filter(({ event }) => event.type === 'usher.audit.eventsGivenUp').map(gapOf);
    expect(idsInFile()).toEqual(ids);
    expect(arrivedIds()).toEqual(ids.slice(old.length));
    expect(gaps.flatMap(({ from, to }) => [from, to])).toEqual([1, 1, 2, 3]);
    expect(news).toContainEqual({ stream: 'events', result: 'givenUp', count: 2 });
  }, 30_000);

  it('give nothing up of a record that was long when they were switched on', async () => {
    await record(2);
    await clock.advance(400 * 24 * hour);
    server.answerBy(() => ({ status: 500 }));
    const streams = await start(null, toReceiver());
    server.answerBy(() => ({ status: 200 }));

    await clock.advance(minute);
    await streams.settled();

    expect(arrivedIds()).toEqual(await sealedIds());
  });

  it('go on to the receiver while the disk is full, and to the file once there is space', async () => {
    symlinkSync('/dev/full', path);
    await record(2);
    const streams = await start(toFile(), toReceiver());

    expect(arrivedIds()).toEqual(await sealedIds());
    expect(logged).toContainEqual(expect.objectContaining({ code: 'stream_failed', stream: 'audit', why: 'ENOSPC' }));
    expect(news).toContainEqual({ stream: 'audit', result: 'failed', count: 1 });
    unlinkSync(path);
    await clock.advance(2 * second);
    await streams.settled();

    expect(idsInFile()).toEqual(await sealedIds());
  });
});
