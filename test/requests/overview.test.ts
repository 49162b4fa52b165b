import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import type { Database } from '../../src/db/database.ts';
import { isWorthRetrying } from '../../src/graph/outcome/worth-retrying.ts';
import type { Outcome, Report } from '../../src/graph/outcome.ts';
import { cancelRequest } from '../../src/requests/confirmation.ts';
import {
  findFailedTasks,
  findRequestOverview,
  findTasksPage,
  type RequestOverview,
} from '../../src/requests/overview.ts';
import { requeueTasks } from '../../src/requests/queue.ts';
import type { Request } from '../../src/requests/request.ts';
import { finishTask } from '../../src/requests/running.ts';
import { findRequest, type StoreParts } from '../../src/requests/store.ts';
import { createTestClock, type TestClock } from '../support/clock.ts';
import { engines, useTestDatabase } from '../support/databases.ts';
import { onClock } from './scene.ts';
import { ask, claimed, done, named, noLimits, storeParts } from './support.ts';

const report: Report = {
  steps: [],
  changes: [],
  changeId: null,
  subjectLabel: null,
  sourceSystem: null,
  targetSystem: null,
  targetId: null,
};
const every: readonly Outcome[] = [
  { kind: 'created', report },
  { kind: 'updated', report },
  { kind: 'disabled', report },
  { kind: 'deleted', report },
  { kind: 'otherChange', report },
  { kind: 'inSync', report },
  { kind: 'notInScope', failedChecks: ['assigned'], report },
  { kind: 'skipped', code: 'AttributeValidationFailed', property: 'surname', reason: null, report },
  { kind: 'failed', code: 'EntryConflict', reason: 'taken', recommendedAction: null, report },
  { kind: 'refused', status: 403, code: '', message: '', cause: 'permission' },
  { kind: 'unknown', why: 'timeout' },
];

describe.each(engines)('the overview of a request on $name', (engine) => {
  const place = useTestDatabase(engine);
  let opened: Database;
  let database: Database;
  let clock: TestClock;
  let store: StoreParts;

  beforeAll(async () => {
    opened = await place.open(systemClock);
  });
  beforeEach(async () => {
    await place.empty();
    clock = createTestClock();
    database = onClock(opened, clock);
    store = storeParts(database, clock, noLimits);
  });

  it('counts tasks by state and by outcome', async () => {
    const { id } = await ask(store, named('person', 9));
    await finishWith({ kind: 'created', report }, { kind: 'created', report }, { kind: 'inSync', report });
    await claimed(store);
    await claimed(store);

    const before = await findRequestOverview(database, id);
    await cancelRequest(store, id, 'alex');
    const after = await findRequestOverview(database, id);

    expect(before?.total).toBe(9);
    expect(before?.states).toEqual({ held: 0, waiting: 4, running: 2, done: 3, cancelled: 0 });
    expect(before?.outcomes).toEqual({ created: 2, inSync: 1 });
    expect(after?.states).toEqual({ held: 0, waiting: 0, running: 2, done: 3, cancelled: 4 });
  });

  it('is that of the request as it is stored', async () => {
    const { id } = await ask(store, ['isaiah'], {
      held: true,
      leftOut: [{ text: 'lee', reason: 'ambiguous', suggestions: ['lee.gu@contoso.com'] }],
    });

    const overview = await findRequestOverview(database, id);

    const { tasks: _tasks, ...request } = (await findRequest(database, id)) ?? { tasks: [] };
    expect(overview?.request).toEqual(request);
    expect(overview?.states.held).toBe(1);
  });

  it('lists the first failures with their reasons, and who is under way', async () => {
    const { id } = await ask(store, named('person', 8));
    const [created, ...bad] = [every[0], every[8], every[10], every[6], every[9]].filter((one) => one !== undefined);
    await finishWith(...bad.slice(0, 1), ...(created === undefined ? [] : [created]), ...bad.slice(1));
    await claimed(store);

    const overview = await findRequestOverview(database, id, 3);

    expect(overview?.failures.map(({ subject }) => subject.id)).toEqual(['person 0', 'person 2', 'person 3']);
    expect(overview?.failures[0]?.state).toMatchObject({ kind: 'done', outcome: { kind: 'failed', reason: 'taken' } });
    expect(overview?.running.map(({ subject }) => subject.id)).toEqual(['person 5']);
  });

  it('counts as failures exactly the outcomes that are worth a retry', async () => {
    const { id, tasks } = await ask(store, named('person', every.length));
    await finishWith(...every);

    const failed = await findFailedTasks(database, id);

    const worthRetrying = tasks.filter((_task, index) => every[index] && isWorthRetrying(every[index]));
    expect(failed).toEqual(worthRetrying.map((task) => task.id));
    expect((await findRequestOverview(database, id))?.failures.map((task) => task.id)).toEqual(failed);
  });

  it('counts a retried task as waiting, and its old outcome no more', async () => {
    const { id, tasks } = await ask(store, ['isaiah']);
    await finishTask(store, await claimed(store), done);
    await requeueTasks(store, id, [tasks[0]?.id ?? ''], 'alex');

    const overview = await findRequestOverview(database, id);

    expect(overview?.states).toMatchObject({ waiting: 1, done: 0 });
    expect(overview?.outcomes).toEqual({});
    expect(overview?.failures).toEqual([]);
  });

  // Seen once: an outcome was told three times, since the first card of it had another revision than the next ones.
  it.each([
    ['the overview', findRequestOverview],
    ['the whole request', findRequest],
  ])('has the revision of its end, or looks older, whichever statement it ends after: %s', async (_name, read) => {
    const seen: { readonly isOver: boolean; readonly behind: number }[] = [];
    let isEnded = true;
    for (let after = 1; isEnded; after += 1) {
      const { id } = await ask(store, ['isaiah', 'adele']);
      await finishWith({ kind: 'created', report });
      const last = await claimed(store);
      const query = afterResult(after, () => finishTask(store, last, done));

      const found = await read({ ...database, query }, id);

      const end = await findRequest(database, id);
      isEnded = end?.tasks.every(({ state }) => state.kind === 'done') ?? false;
      const revision = found === null ? 0 : 'request' in found ? found.request.revision : found.revision;
      if (isEnded) seen.push({ isOver: isOver(found), behind: (end?.revision ?? 0) - revision });
      else await finishTask(store, last, done);
    }

    expect(seen.map(({ isOver, behind }) => isOver === (behind === 0))).toEqual(seen.map(() => true));
    expect(seen.some(({ behind }) => behind > 0)).toBe(true);
  });

  it('is null where there is no such request', async () => {
    expect(await findRequestOverview(database, 'NOBODY')).toBeNull();
  });

  it('leaves the tasks of other requests out', async () => {
    await ask(store, named('other', 3));
    await claimed(store);
    const { id } = await ask(store, ['isaiah']);

    const overview = await findRequestOverview(database, id);

    expect([overview?.total, overview?.running]).toEqual([1, []]);
  });

  it('pages through the people in the order in which they were named', async () => {
    const { id } = await ask(store, named('person', 7));

    const pages = await Promise.all([0, 1, 2, 3].map((page) => findTasksPage(database, id, page, 3)));

    expect(pages.map((page) => page.map(({ subject }) => subject.id))).toEqual([
      ['person 0', 'person 1', 'person 2'],
      ['person 3', 'person 4', 'person 5'],
      ['person 6'],
      [],
    ]);
  });

  const isOver = (found: RequestOverview | Request | null): boolean =>
    found !== null && 'states' in found
      ? found.states.waiting + found.states.running === 0
      : (found?.tasks.every(({ state }) => state.kind === 'done') ?? false);

  /** Does this once, right after so many statements have been answered. */
  function afterResult(count: number, act: () => Promise<unknown>): Database['query'] {
    let results = 0;
    return database.query.withPlugin({
      transformQuery: ({ node }) => node,
      async transformResult({ result }) {
        results += 1;
        if (results === count) await act();
        return result;
      },
    });
  }

  async function finishWith(...outcomes: readonly Outcome[]): Promise<void> {
    for (const outcome of outcomes) await finishTask(store, await claimed(store), { ...done, outcome });
  }
});
