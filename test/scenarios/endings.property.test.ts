import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import type { LengthOfTime } from '../../src/access-ends.ts';
import { systemClock } from '../../src/clock.ts';
import type { Database } from '../../src/db/database.ts';
import { cancelRequest } from '../../src/requests/confirmation.ts';
import { endByHand, endNow } from '../../src/requests/entitlement-steps.ts';
import { findEnding } from '../../src/requests/find-entitlements.ts';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import { type Person, people } from '../../src/sandbox/tenant/people.ts';
import { noLimits, storeParts } from '../requests/support.ts';
import { engines, useTestDatabase } from '../support/databases.ts';
import { propertyRuns } from '../support/property-runs.ts';
import { createStage, type EndingsStage } from './endings-stage.ts';

jest.setTimeout(600_000);

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const app = apps.serviceNow;
const roleId = app.appRoles[0]?.id ?? '';
/** An end that Graph does not answer for is tried for a day before that is told. */
const toldWithinMs = 26 * hour;

/** Clocks change within days of each of these: in Paris, São Paulo and on Lord Howe Island; and a leap day comes. */
const starts = [
  Date.parse('2026-03-27T20:00Z'),
  Date.parse('2026-10-24T12:00Z'),
  Date.parse('2018-11-03T12:00Z'),
  Date.parse('2019-02-16T12:00Z'),
  Date.parse('2026-04-03T12:00Z'),
  Date.parse('2028-02-27T22:00Z'),
];
const zones = ['Europe/Paris', 'America/Sao_Paulo', 'Australia/Lord_Howe'];
const lengths: readonly LengthOfTime[] = [
  { count: 30, unit: 'minute' },
  { count: 8, unit: 'hour' },
  { count: 1, unit: 'day' },
  { count: 1, unit: 'month' },
];

interface Model {
  /** When a person's access ends, as it was given last. */
  readonly access: Map<string, number>;
  /** Assignments that may be deleted before that: the deletion had begun when the access was given again. */
  readonly doomed: Set<string>;
}
interface Real {
  readonly stage: EndingsStage;
  readonly database: Database;
  /** When access began, and whether it was ended early, by the task. */
  readonly begun: Map<string, { readonly at: number; readonly endsAt: number }>;
}
type Act = fc.AsyncCommand<Model, Real>;

function act(name: string, run: (model: Model, real: Real) => Promise<unknown>): Act {
  return {
    check: () => true,
    async run(model, real) {
      const before = real.stage.deleted.length;
      await run(model, real);
      await real.stage.settle();
      await hold(model, real, before);
    },
    toString: () => name,
  };
}

const who = fc.constantFrom<Person>(people.diego, people.adele);
/** Where Usher assigns nothing, little can go wrong at the end. */
const mostly = fc.constantFrom(true, true, true, false);
const acts = [
  fc
    .tuple(who, fc.constantFrom(...lengths), fc.constantFrom(...zones), mostly)
    .map(([person, length, zone, isAssigned]) =>
      act(
        `give ${person.givenName} ${length.count} ${length.unit} ${zone} ${isAssigned}`,
        async (model, { stage, database }) => {
          // What has begun is not called off any more.
          if (await isUnanswered(database)) for (const id of stage.made.keys()) model.doomed.add(id);
          model.access.set(person.id, await stage.give(person, length, zone, isAssigned));
        },
      ),
    ),
  who.map((person) =>
    act(`end ${person.givenName} now`, async (model, { stage, database }) => {
      const store = storeParts(database, stage.clock, noLimits);
      for (const one of await openOf(database, person)) {
        if (!(await endNow(store, one, { id: 'megan', name: 'Megan Bowen' }))) continue;
        model.access.set(person.id, stage.clock.now());
      }
    }),
  ),
  who.map((person) =>
    act(`${person.givenName} by hand`, async (_model, { stage, database }) => {
      const store = storeParts(database, stage.clock, noLimits);
      for (const one of await openOf(database, person))
        await endByHand(store, one, { id: 'alex', name: 'Alex Wilber' }, async () => undefined);
    }),
  ),
  fc
    .constantFrom(10 * minute, hour, 8 * hour, day, 10 * day)
    .map((ms) => act(`${ms / hour} h pass`, async (_model, { stage }) => stage.passes(ms))),
  fc
    .constantFrom('isAway', 'isPermitted', 'losesNext', 'killsNext', 'isOvertaken' as const)
    .chain((key) => fc.boolean().map((value) => [key, value] as const))
    .map(([key, value]) =>
      act(`${key}: ${value}`, async (_model, { stage }) => {
        stage.graph[key as keyof EndingsStage['graph']] = value;
      }),
    ),
  fc.boolean().map((isQuarantined) =>
    act(`quarantined: ${isQuarantined}`, async (_model, { stage }) => {
      stage.tenant.changeJob(app.id, { health: isQuarantined ? 'quarantined' : 'active' });
    }),
  ),
  fc.constant(
    act('all that waits is canceled', async (model, { stage, database }) => {
      // An earlier end is back where the request that put it off comes to nothing.
      model.access.clear();
      const store = storeParts(database, stage.clock, noLimits);
      for (const { request_id: id } of await database.query.selectFrom('tasks').select('request_id').execute())
        await cancelRequest(store, id, 'lynne');
    }),
  ),
  who.map((person) =>
    act(`an admin assigns ${person.givenName}`, async (_model, { stage: { tenant }, database }) => {
      // Of an assignment that is there after a call without an answer, Usher believes that the call has made it.
      if (await isUnanswered(database)) return;
      if (tenant.assignments(app.id).every(({ principalId }) => principalId !== person.id))
        tenant.assignInEntra(app.id, person.id, roleId);
    }),
  ),
  who.map((person) =>
    act(`an admin makes ${person.givenName}’s anew`, async (_model, { stage: { tenant }, database }) => {
      if (await isUnanswered(database)) return;
      for (const { id, principalId } of tenant.assignments(app.id))
        if (principalId === person.id) tenant.unassignInEntra(app.id, id);
      tenant.assignInEntra(app.id, person.id, roleId);
    }),
  ),
  who.map((person) =>
    act(`an admin takes ${person.givenName} out`, async (_model, { stage: { tenant } }) => {
      for (const { id, principalId } of tenant.assignments(app.id))
        if (principalId === person.id) tenant.unassignInEntra(app.id, id);
    }),
  ),
];

const openOf = async (database: Database, person: Person) =>
  (await findEnding(database, { until: Number.MAX_SAFE_INTEGER, limit: 100, visibleTo: null })).filter(
    ({ subject }) => subject.id === person.id,
  );

const isUnanswered = async ({ query }: Database) =>
  (await query.selectFrom('tasks').select('id').where('assigning', 'in', ['begun', 'unanswered']).execute()).length > 0;
const rowsOf = (database: Database) => database.query.selectFrom('entitlements').selectAll().execute();
const notesOf = (database: Database) =>
  database.query.selectFrom('messages').select(['source', 'created_at']).where('kind', '=', 'endNote').execute();

/** What holds at any time. */
async function hold(model: Model, { stage, database, begun }: Real, before: number): Promise<void> {
  const now = stage.clock.now();
  for (const { id, personId, at } of stage.deleted.slice(before)) {
    expect([...stage.made]).toContainEqual([id, personId]);
    // Nothing ends before its time.
    if (!model.doomed.has(id)) expect(at).toBeGreaterThanOrEqual(model.access.get(personId) ?? 0);
  }
  const rows = await rowsOf(database);
  const notes = await notesOf(database);
  for (const row of rows) {
    const { task_id: taskId, subject_id: personId, ends_at: endsAt, state, ended_as: as } = row;
    if (!begun.has(taskId)) begun.set(taskId, { at: now, endsAt });
    const of = (news: string) => notes.filter(({ source }) => source?.startsWith(`end|${taskId}|${news}|`));
    const first = begun.get(taskId);
    if (first !== undefined) expectReminder(of('reminder'), first, row, now);
    if (state === 'ended' && as === 'verified')
      expect(stage.provenAt.get(personId) ?? 0).toBeGreaterThanOrEqual(first?.at ?? endsAt);
    if (state === 'active') expect(now).toBeLessThan(endsAt + 10 * minute);
    if (state === 'ending' || state === 'overdue')
      if (now > endsAt + toldWithinMs) expect(of('overdue').length).toBeGreaterThan(0);
  }
}

function expectReminder(
  reminders: readonly { readonly created_at: number }[],
  { at, endsAt }: { readonly at: number; readonly endsAt: number },
  row: { readonly ends_at: number; readonly state: string },
  now: number,
): void {
  const beforeMs = Math.min(Math.max((endsAt - at) / 10, hour), 14 * day);
  const remindAt = endsAt - beforeMs;
  expect(reminders.length).toBeLessThanOrEqual(1);
  for (const { created_at: createdAt } of reminders) {
    expect(createdAt).toBeGreaterThanOrEqual(Math.floor(remindAt));
    expect(createdAt).toBeLessThan(endsAt);
  }
  if (row.state === 'active' && row.ends_at === endsAt && remindAt > at && now > remindAt + 10 * minute)
    expect(reminders).toHaveLength(1);
}

describe.each(engines)('access that ends on $name', (engine) => {
  const place = useTestDatabase(engine);
  const stages: EndingsStage[] = [];
  let databases: Database[];
  beforeEach(async () => {
    databases = [];
    for (let n = engine.name === 'SQLite' ? 1 : 2; n > 0; n -= 1) databases.push(await place.open(systemClock));
  });
  afterEach(async () => {
    for (const stage of stages.splice(0)) await stage.stop();
  });

  it('is told as overdue because of the assignment that an administrator made beside Usher’s', async () => {
    const stage = createStage(databases, starts[0] ?? 0);
    stages.push(stage);
    stage.tenant.unassign(app.id, people.diego.id);
    await stage.give(people.diego, { count: 8, unit: 'hour' }, 'Europe/Paris', true);
    stage.tenant.assignInEntra(app.id, people.diego.id, app.appRoles[1]?.id ?? '');

    await stage.passes(9 * hour);

    const [row] = await rowsOf(databases[0] as Database);
    expect([stage.deleted.length, row?.state, row?.why]).toEqual([1, 'overdue', 'stillEntitled']);
  });

  it('keeps its promises, whatever happens in whichever order, and ends once all is well again', async () => {
    const property = fc.asyncProperty(
      fc.constantFrom(...starts),
      fc.commands(acts, { maxCommands: 20, size: '+1' }),
      async (startsAt, commands) => {
        await place.empty();
        const [database] = databases;
        if (database === undefined) throw new Error('there is no database');
        const stage = createStage(databases, startsAt);
        stages.push(stage);
        for (const { id } of [people.diego, people.adele]) stage.tenant.unassign(app.id, id);
        const model: Model = { access: new Map(), doomed: new Set() };
        const real: Real = { stage, database, begun: new Map() };
        await fc.asyncModelRun(() => ({ model, real }), commands);

        Object.assign(stage.graph, {
          isAway: false,
          isPermitted: true,
          losesNext: false,
          killsNext: false,
          isOvertaken: false,
        });
        stage.tenant.changeJob(app.id, { health: 'active' });
        const ends = (await rowsOf(database)).map(({ ends_at: endsAt }) => endsAt);
        const last = Math.max(stage.clock.now(), ...ends);
        await act('all is well', () => stage.passes(last - stage.clock.now() + 3 * day)).run(model, real);
        const held = stage.tenant.assignments(app.id);
        // Where an answer was lost for good, people are told instead that the person is assigned still; and what they say
        // they have done by hand is believed.
        const known = (await rowsOf(database)).filter(
          ({ why, ended_as: as }) => why === 'notAssignedByUsher' || why === 'stillEntitled' || as === 'byHand',
        );
        for (const { id, principalId } of held)
          if (known.every(({ subject_id: personId }) => personId !== principalId))
            expect([...stage.made.keys()]).not.toContain(id);
        const left = (await rowsOf(database)).filter(({ state }) => state !== 'ended' && state !== 'overdue');
        expect(left).toEqual([]);
        await stages.pop()?.stop();
      },
    );

    await fc.assert(property, {
      numRuns: propertyRuns(200),
    });
  });
});
