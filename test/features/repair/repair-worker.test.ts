import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Database } from '../../../src/db/database.ts';
import { heldRequests } from '../../../src/features/repair/held-requests.ts';
import { longestPauseMs, type RepairKind } from '../../../src/features/repair/repair.ts';
import {
  confirmRepair,
  dropRepair,
  endPause,
  findRepair,
  openRepairs,
  storeRepair,
} from '../../../src/features/repair/repair-rows.ts';
import { startRepairs } from '../../../src/features/repair/repair-worker.ts';
import type { Log } from '../../../src/log.ts';
import type { AccessParts } from '../../../src/requests/access-parts.ts';
import type { Worker } from '../../../src/worker.ts';
import { claimAllNow, storeParts, wanted } from '../../requests/support.ts';
import { createTestClock, type TestClock } from '../../support/clock.ts';
import { engines, useTestDatabase } from '../../support/databases.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { readAudit } from '../../support/read-audit.ts';
import { createJobService, type JobService } from './job-service.ts';

const minute = 60_000;
const hour = 60 * minute;
const quiet = { info() {}, warn() {}, error() {} } as unknown as Log;

describe.each(engines)('a repair on $name', (engine) => {
  const place = useTestDatabase(engine);
  let database: Database;
  let clock: TestClock;
  let store: AccessParts;
  let service: JobService;
  let workers: Worker[];
  const deaths = new WeakMap<Worker, Promise<void>>();

  beforeAll(async () => {
    clock = createTestClock();
    database = await place.open(clock);
    store = { ...storeParts(database, clock), approvals: {}, conversationKey: (text: string) => text } as AccessParts;
  });
  beforeEach(async () => {
    await place.empty();
    workers = [];
    service = createJobService(clock);
  });
  afterEach(() => stopAll());

  async function stopAll(): Promise<void> {
    const stopping = workers;
    workers = [];
    await Promise.all(stopping.map((worker) => worker.stop()));
  }

  /** A process; it dies in the middle of a call where the service says so, and touches nothing from then on. */
  function work(): Worker {
    const life = { isOver: false };
    const death = Promise.withResolvers<void>();
    const mortal =
      <Args extends readonly unknown[], End>(call: (...args: Args) => Promise<End>) =>
      async (...args: Args): Promise<End> => {
        const end = await call(...args);
        if (!service.isFatal) return end;
        service.isFatal = false;
        life.isOver = true;
        workers = workers.filter((one) => one !== worker);
        death.resolve();
        return new Promise<never>(() => {});
      };
    const { graph } = service;
    const own = new Proxy(database, {
      get(target, key) {
        if (life.isOver) throw new Error('this process is dead');
        return Reflect.get(target, key) as unknown;
      },
    });
    const worker = startRepairs({
      store: { ...store, database: own },
      graph: {
        ...graph,
        start: mortal(graph.start),
        pause: mortal(graph.pause),
        restart: mortal(graph.restart),
      },
      waiting: heldRequests({ ...store, database: own }),
      changed: () => {},
      log: quiet,
    });
    workers.push(worker);
    deaths.set(worker, death.promise);
    return worker;
  }

  let count = 0;
  async function order(kind: RepairKind, { held = false, forMs = 30 * minute } = {}): Promise<string> {
    count += 1;
    const stored = await storeRepair(store, {
      source: `conversation|${count}`,
      kind,
      app: { id: 'app', name: 'Salesforce' },
      jobId: 'job',
      requestedBy: { id: 'alex', name: 'Alex Wilber' },
      reader: { locale: 'en-US', timeZone: 'Europe/Berlin' },
      conversation: 'conversation',
      reason: null,
      needsSecondPerson: false,
      pauseUntil: kind === 'pause' ? clock.now() + forMs : null,
      ...(kind === 'aroundProvisioning' ? { request: wanted({ held: true }) } : {}),
      held,
    });
    return stored.repair.id;
  }

  const tasksNow = async () =>
    (await database.query.selectFrom('tasks').select('state').execute()).map(({ state }) => state);

  /** All that is due is done; a process that dies meanwhile never settles. */
  async function settle(): Promise<void> {
    for (const worker of [...workers]) await Promise.race([worker.settled(), deaths.get(worker)]);
  }

  /** Lets time pass in small steps, in which the workers do what falls due. */
  async function pass(ms: number): Promise<void> {
    const stepMs = ms > 3 * hour ? 20 * minute : minute;
    for (const until = clock.now() + ms; clock.now() < until; ) {
      await clock.advance(Math.min(stepMs, until - clock.now()));
      for (const worker of workers) worker.wake();
      await settle();
      if (workers.length === 0) work();
    }
  }
  const stateOf = async (id: string) => (await findRepair(database, id))?.state;
  const endOf = async (id: string) => {
    const state = await stateOf(id);
    return state?.kind === 'ended' ? [state.as, state.why?.word ?? null] : [state?.kind];
  };

  it('pauses the job, and starts it again at the end of the pause', async () => {
    work();
    const id = await order('pause');

    await pass(5 * minute);
    const meanwhile = service.state();
    await pass(30 * minute);

    expect([meanwhile, service.calls]).toEqual(['paused', ['pause', 'start']]);
    expect(await endOf(id)).toEqual(['started', null]);
  });

  it('starts a paused job earlier on the word of a person, whom the record names', async () => {
    work();
    const id = await order('pause', { forMs: longestPauseMs });
    await pass(2 * minute);

    const words = [await endPause(store, id, 'megan'), await endPause(store, id, 'megan')];
    await pass(2 * minute);

    expect(words).toEqual([true, false]);
    expect([await endOf(id), service.state()]).toEqual([['started', null], 'active']);
    const entries = (await readAudit(database.query, 100)).filter(({ kind }) => kind === 'repair').toReversed();
    expect(entries.map(({ actorId, details }) => [actorId, details.step])).toEqual([
      ['alex', 'asked'],
      ['', 'sent'],
      ['', 'paused'],
      ['megan', 'startedEarly'],
      ['', 'started'],
    ]);
  });

  it.each<['lostAfter' | 'lostLate' | 'lostBefore', number]>([
    ['lostAfter', 1],
    ['lostLate', 1],
    ['lostBefore', 2],
  ])(
    'reads the job where its pause got no answer (%s), and sends it again only where it had no effect',
    async (how, sent) => {
      work();
      service.next(how);
      const id = await order('pause', { forMs: 2 * hour });

      await pass(10 * minute);

      expect(service.calls).toEqual(Array.from({ length: sent }, () => 'pause'));
      expect(await endOf(id)).toEqual(['paused']);
    },
  );

  it.each(['lostAfter', 'lostBefore'] as const)(
    'leaves no job paused where a process dies with its calls (%s)',
    async (how) => {
      work();
      const id = await order('pause');
      for (let n = 0; n < 2; n += 1) {
        service.next(how);
        service.isFatal = true;
        await pass(25 * minute);
      }
      service.isFatal = false;

      await pass(2 * hour);

      expect(['active', 'running']).toContain(service.state());
      expect((await stateOf(id))?.kind).toBe('ended');
    },
  );

  it.each(['pause', 'aroundProvisioning'] as const)(
    'starts the job after a %s that got no answer, however long Graph is away then',
    async (kind) => {
      work();
      service.next('gone');
      await order(kind);
      await pass(12 * hour);
      const meanwhile = service.state();
      service.isAway = false;

      await pass(2 * hour);

      expect([meanwhile, service.calls, await openRepairs(database, 'app')]).toEqual([
        'paused',
        ['pause', 'start'],
        [],
      ]);
    },
  );

  it('sends no pause whose end has come meanwhile', async () => {
    const id = await order('pause', { forMs: 2 * minute });
    await clock.advance(5 * minute);

    work();
    await pass(2 * minute);

    expect([service.calls, await endOf(id)]).toEqual([[], ['refused', 'pauseOver']]);
  });

  it('provisions while the job is paused, once the running cycle has ended, and starts the job when that is done', async () => {
    work();
    await pass(26 * minute);
    const before = service.state();
    const id = await order('aroundProvisioning');
    await pass(5 * minute);
    const during = await tasksNow();
    await pass(15 * minute);
    const after = await tasksNow();
    await claimAllNow(store);
    await pass(2 * minute);

    expect([before, during, after, await tasksNow()]).toEqual(['running', ['held'], ['waiting'], ['done']]);
    expect([service.calls, await endOf(id)]).toEqual([
      ['pause', 'start'],
      ['started', null],
    ]);
  });

  it.each<[string, (id: string) => Promise<unknown>]>([
    ['is taken back', (id) => dropRepair(store, id, { id: 'alex', name: 'Alex' }, 'requester')],
    [
      'is confirmed too late',
      async (id) => {
        await clock.advance(61 * minute);
        await confirmRepair(store, id, { id: 'alex', name: 'Alex' }, 'requester');
      },
    ],
    [
      'the job does not allow',
      async (id) => {
        service.become('quarantined');
        await confirmRepair(store, id, { id: 'alex', name: 'Alex' }, 'requester');
        work();
        await pass(2 * minute);
      },
    ],
  ])('cancels the provisioning of a pause that %s', async (_what, act) => {
    const id = await order('aroundProvisioning', { held: true });

    await act(id);

    expect([service.calls, (await stateOf(id))?.kind, await tasksNow()]).toEqual([[], 'ended', ['cancelled']]);
  });

  it('stores no provisioning for a pause that another repair comes before', async () => {
    await order('startOver');

    await order('aroundProvisioning', { held: true });

    expect(await tasksNow()).toEqual([]);
  });

  it('does not start a job that another process may have started since it was read', async () => {
    work();
    const id = await order('pause', { forMs: 5 * minute });
    await pass(2 * minute);
    service.beforeAnswer = async () => {
      service.beforeAnswer = async () => {};
      const other = { lease_owner: 'another process', lease_until: clock.now() + minute };
      await database.query.updateTable('repairs').set(other).where('id', '=', id).execute();
      service.become('active');
    };
    await pass(10 * minute);

    expect([service.calls, await endOf(id)]).toEqual([['pause'], ['startedAlready', null]]);
  });

  it('never sends a start over again that got no answer, and says that its end is unknown', async () => {
    work();
    service.next('lostBefore');
    const id = await order('startOver');

    await pass(20 * minute);

    expect([service.calls, await endOf(id)]).toEqual([['watermark'], ['unknown', null]]);
  });

  it('follows a start over to the end of its cycle, also one that got no answer', async () => {
    work();
    service.next('lostAfter');
    const id = await order('startOver');

    await pass(5 * minute);
    const meanwhile = await endOf(id);
    await pass(20 * minute);

    expect([meanwhile, await endOf(id)]).toEqual([['watching'], ['done', null]]);
  });

  it('does not take the cycle that ran before for the one that a start over begins', async () => {
    work();
    await pass(26 * minute);
    const before = service.state();
    service.next('lostBefore');
    const id = await order('startOver');

    await pass(3 * hour);

    expect([before, service.calls, await endOf(id)]).toEqual(['running', ['watermark'], ['unknown', null]]);
  });

  it('lifts a quarantine by a start, and tells of one that comes back with the next cycle', async () => {
    work();
    service.become('quarantined');
    const id = await order('lift');

    await pass(5 * minute);
    const meanwhile = [service.calls, await endOf(id)];
    await pass(30 * minute);
    service.become('quarantined');
    await pass(30 * minute);

    expect(meanwhile).toEqual([['start'], ['watching']]);
    expect(await endOf(id)).toEqual(['quarantined', null]);
  });

  it.each<[string, RepairKind, () => void, string]>([
    [
      'the credentials fail',
      'lift',
      () => {
        service.become('quarantined');
        service.credentials = 'bad';
      },
      'credentials',
    ],
    ['deletions are held back', 'startOver', () => service.become('deletionsHeldBack'), 'deletionsHeldBack'],
    ['the job runs', 'start', () => {}, 'runs'],
    ['it was never started', 'start', () => service.become('neverStarted'), 'needsStartOver'],
    ['a pause would end', 'forgetFailures', () => service.become('paused'), 'wouldEndPause'],
    ['it is in quarantine', 'pause', () => service.become('quarantined'), 'quarantined'],
    ['nothing is held back', 'allowDeletions', () => {}, 'nothingHeldBack'],
  ])('sends nothing where %s', async (_what, kind, arrange, word) => {
    work();
    arrange();

    const id = await order(kind);
    await pass(2 * minute);

    expect([service.calls, await endOf(id)]).toEqual([[], ['refused', word]]);
  });

  it('does not lift a quarantine that came during a pause: a person has to decide', async () => {
    work();
    const id = await order('pause');
    await pass(2 * minute);
    service.become('quarantined');

    await pass(40 * minute);

    expect([service.calls, await endOf(id)]).toEqual([['pause'], ['quarantined', null]]);
  });

  it('tries to end a pause until the job runs, and tells the person who asked once that it does not', async () => {
    work();
    const id = await order('pause');
    await pass(5 * minute);
    for (let n = 0; n < 5; n += 1) service.next('refused');

    await pass(30 * minute);
    const meanwhile = await endOf(id);
    await pass(5 * hour);

    expect([meanwhile, await endOf(id), service.state()]).toEqual([['starting'], ['started', null], 'active']);
    const notes = await database.query
      .selectFrom('messages')
      .select('details')
      .where('kind', '=', 'repairNote')
      .execute();
    expect(notes.map(({ details }) => JSON.parse(details ?? '').news).toSorted()).toEqual(['ended', 'notStarted']);
  });

  it.each<[string, RepairKind, number, readonly string[]]>([
    ['before it was paused', 'pause', 0, []],
    ['during its pause', 'pause', 5, ['pause']],
    ['during a pause around a provisioning', 'aroundProvisioning', 1, ['pause']],
    ['before it was started over', 'startOver', 0, []],
    ['while its cycle is watched', 'startOver', 5, ['watermark']],
  ])('ends once, where the job was deleted %s, and tells the person who asked', async (_when, kind, minutes, calls) => {
    if (minutes > 0) work();
    const id = await order(kind);
    await pass(minutes * minute);
    service.isGone = 'listedNoMore';
    if (minutes === 0) work();

    await pass(2 * hour);

    expect([service.calls, await endOf(id)]).toEqual([calls, ['jobGone', null]]);
    expect(await tasksNow()).not.toContain('held');
    const notes = await database.query.selectFrom('messages').select('id').where('kind', '=', 'repairNote').execute();
    expect(notes).toHaveLength(minutes === 0 ? 0 : 1);
  });

  it('does not take an answer that may pass for a job that was deleted', async () => {
    work();
    const id = await order('pause');
    await pass(5 * minute);
    service.isGone = 'notFound';
    await pass(hour);
    const meanwhile = await endOf(id);
    service.isGone = 'no';

    await pass(2 * hour);

    expect([meanwhile, await endOf(id), service.calls]).toEqual([['starting'], ['started', null], ['pause', 'start']]);
  });

  it('does nothing before it is confirmed, nothing once it was taken back, and one thing at a time', async () => {
    work();
    const [first, second] = [await order('startOver', { held: true }), await order('startOver', { held: true })];
    await pass(2 * minute);
    const before = [...service.calls];

    const answers = [
      await confirmRepair(store, first, { id: 'alex', name: 'Alex' }, 'requester'),
      await confirmRepair(store, first, { id: 'alex', name: 'Alex' }, 'requester'),
      await confirmRepair(store, second, { id: 'alex', name: 'Alex' }, 'requester'),
      await dropRepair(store, second, { id: 'alex', name: 'Alex' }, 'requester'),
    ];
    await pass(2 * minute);

    expect(before).toEqual([]);
    expect(answers).toEqual(['confirmed', 'already', expect.objectContaining({ kind: 'other' }), true]);
    expect(service.calls).toEqual(['watermark']);
    expect((await openRepairs(database, 'app')).map(({ id }) => id)).toEqual([first]);
  });

  it('cannot be confirmed after an hour', async () => {
    const id = await order('lift', { held: true });
    await clock.advance(61 * minute);

    expect(await confirmRepair(store, id, { id: 'alex', name: 'Alex' }, 'requester')).toBe('expired');
    expect(await endOf(id)).toEqual(['notConfirmed', null]);
  });

  const orders = ['pause', 'aroundProvisioning', 'lift', 'startOver', 'start'] as const;
  const answers = ['lostAfter', 'lostLate', 'lostBefore', 'gone', 'refused'] as const;
  const isOneOf = <Act extends string>(some: readonly Act[], act: string): act is Act => some.includes(act as Act);
  const acts = fc.constantFrom(
    ...(['minutes', 'hours', 'kill', 'second', 'away', 'back', 'dieAfter', 'dieBefore', 'provisioned'] as const),
    ...(['othersPause', 'othersStart', 'quarantine'] as const),
    ...answers,
    ...orders,
  );

  it('leaves no job paused and sends nothing that Graph warns of, whatever happens to calls, job and processes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(acts, { maxLength: 16 }), async (script) => {
        await place.empty();
        service = createJobService(clock);
        work();
        let isOthers = false;
        for (const act of script) {
          if (act === 'minutes') await pass(3 * minute);
          if (act === 'hours') await pass(2 * hour);
          // It dies in the middle of what it does; another one begins.
          if (act === 'kill') {
            void stopAll();
            work();
          }
          if (act === 'second') work();
          if (isOneOf(answers, act)) service.next(act);
          if (act === 'dieAfter' || act === 'dieBefore') {
            service.next(act === 'dieAfter' ? 'lostAfter' : 'lostBefore');
            service.isFatal = true;
          }
          if (act === 'away') service.isAway = true;
          if (act === 'back') service.isAway = false;
          if (act === 'othersPause' || act === 'othersStart' || act === 'quarantine') {
            // No process can know of what happens between its read and its call.
            await settle();
            isOthers ||= act !== 'othersStart';
            service.become(act === 'othersPause' ? 'paused' : act === 'othersStart' ? 'active' : 'quarantined');
          }
          if (act === 'provisioned') await claimAllNow(store);
          if (isOneOf(orders, act)) await order(act);
        }
        service.heal();
        await pass(12 * hour);

        expect(service.warned).toEqual([]);
        expect(await openRepairs(database, 'app')).toEqual([]);
        expect(await tasksNow()).not.toContain('held');
        if (!isOthers) expect(['active', 'running']).toContain(service.state());
        await stopAll();
      }),
      { numRuns: propertyRuns(25) },
    );
  }, 120_000);
});
