import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import type { Database } from '../../src/db/database.ts';
import { createLog } from '../../src/log.ts';
import { type CrashGuard, createCrashGuard } from '../../src/requests/crash-guard.ts';
import { createTestClock, type TestClock } from '../support/clock.ts';
import { engines, useTestDatabase } from '../support/databases.ts';
import { onClock } from './scene.ts';

const card = { kind: 'card', id: 'R7K3MQ' } as const;
const leaseMs = 60_000;
/** What a process that dies never comes back from. */
const deadly = () => new Promise<never>(() => {});

describe.each(engines)('work that may kill its process, on $name', (engine) => {
  const place = useTestDatabase(engine);
  let opened: Database;
  let clock: TestClock;
  let codes: string[];
  let counted: string[];

  beforeAll(async () => {
    opened = await place.open(systemClock);
  });
  beforeEach(async () => {
    await place.empty();
    clock = createTestClock();
    [codes, counted] = [[], []];
  });

  /** Another process each time. */
  const start = (version = '1'): CrashGuard =>
    createCrashGuard({
      ...{ database: onClock(opened, clock), clock, leaseMs, version },
      observe: (kind) => counted.push(kind),
      log: createLog('info', { write: (line) => void codes.push((JSON.parse(line) as { code: string }).code) }),
    });
  const rows = () => opened.query.selectFrom('attempts').select(['name', 'count']).orderBy('name').execute();
  const begunIn = async (guard: CrashGuard, subject: Parameters<CrashGuard['run']>[0] = card) => {
    const begun = Promise.withResolvers<void>();
    void guard.run(subject, () => {
      begun.resolve();
      return deadly();
    });
    await begun.promise;
  };
  /** So many processes die of the work, and their leases run out. */
  const die = async (times: number) => {
    for (let time = 0; time < times; time += 1) {
      await begunIn(start());
      await clock.advance(leaseMs);
    }
  };

  it('is counted before it is begun, and not any more once it has ended, well or not', async () => {
    const guard = start();
    let during: unknown;

    const done = await guard.run(card, async () => {
      during = await rows();
      return 7;
    });
    const failing = guard.run(card, async () => {
      throw new Error('no');
    });

    await expect(failing).rejects.toThrow('no');
    expect(done).toEqual({ kind: 'done', value: 7 });
    expect(during).toEqual([{ name: 'card R7K3MQ', count: 1 }]);
    expect(await rows()).toEqual([]);
  });

  it('is tried again after one death, and given up after two, with a reference that is reported once', async () => {
    await die(1);
    const second = await start().run(card, async () => 'survived');
    await die(2);
    const references: string[] = [];
    const tell = async (reference: string) => references.push(reference) > 0;

    const third = await start().run(card, deadly, tell);
    const fourth = await start().run(card, deadly, tell);

    expect(second).toEqual({ kind: 'done', value: 'survived' });
    expect([third, fourth]).toEqual([
      { kind: 'givenUp', again: false },
      { kind: 'givenUp', again: false },
    ]);
    expect(references).toEqual([expect.stringMatching(/^[0-9A-F]{8}$/)]);
    expect(codes).toEqual(['work_given_up']);
    expect(counted).toEqual(['card']);
  });

  it('is reported once more where that report failed, and not any more where the report kills processes as well', async () => {
    await die(2);

    const untaken = await start().run(card, deadly, async () => false);
    const begun = Promise.withResolvers<void>();
    void start().run(card, deadly, () => {
      begun.resolve();
      return deadly();
    });
    await begun.promise;
    await clock.advance(leaseMs);
    const last = await start().run(card, deadly, async () => true);

    expect(untaken).toEqual({ kind: 'givenUp', again: true });
    expect(last).toEqual({ kind: 'givenUp', again: false });
    expect(counted).toEqual([]);
  });

  it('does not condemn other work that was only under way beside it', async () => {
    const first = start();
    await begunIn(first, { kind: 'card', id: 'innocent' });
    await begunIn(first);
    await clock.advance(leaseMs);
    const second = start();
    await begunIn(second);
    const innocent = second.run({ kind: 'card', id: 'innocent' }, async () => 'done');
    // The process dies before that work has its turn.
    await clock.advance(1_000);
    const before = await rows();

    await clock.advance(4_000);

    expect(before).toEqual([
      { name: 'card R7K3MQ', count: 2 },
      { name: 'card innocent', count: 1 },
    ]);
    expect(await innocent).toEqual({ kind: 'done', value: 'done' });
    expect(await rows()).toEqual([{ name: 'card R7K3MQ', count: 2 }]);
  });

  it('is not blamed where the process stops in order', async () => {
    const guard = start();
    await begunIn(guard);

    await guard.stop();

    expect(await rows()).toEqual([]);
  });

  it('is tried again by the next version of Usher', async () => {
    await die(2);
    await start().run(card, deadly);
    await start().prune();
    const kept = await rows();

    await start('2').prune();

    expect(kept).toHaveLength(1);
    expect(await start('2').run(card, async () => 'drawn')).toEqual({ kind: 'done', value: 'drawn' });
  });

  it('counts as such when it fails each time', async () => {
    const guard = start();

    const ended = await guard.giveUp(card, async () => true);

    expect(ended).toEqual({ kind: 'givenUp', again: false });
    expect(await guard.run(card, deadly)).toEqual({ kind: 'givenUp', again: false });
  });

  it('is left alone while another process is at it, where there may be several', async () => {
    await begunIn(start());

    const other = await start().run(card, async () => 'drawn');

    expect(other).toEqual(opened.dialect.singleProcess ? { kind: 'done', value: 'drawn' } : { kind: 'busy' });
  });
});
