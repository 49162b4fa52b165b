import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import type { Absence, ConnectorFault } from '../../src/sandbox/teams/connector.ts';
import { createTenant } from '../../src/sandbox/tenant/tenant.ts';
import { propertyRuns } from '../support/property-runs.ts';
import { startTestUsher, type TestUsher } from '../support/usher.ts';
import {
  type Asked,
  askFor,
  complaintsOf,
  type Handover,
  openRoom,
  perform,
  pool,
  type Stage,
  stageEnvironment,
  strikeByPlan,
  type Want,
  wants,
} from './told-stage.ts';

jest.setTimeout(600_000);

let usher: TestUsher;
let stage: Stage;

beforeAll(async () => {
  usher = await startTestUsher({
    environment: stageEnvironment,
    sandboxOptions: { tenant: createTenant({ seasonal: pool }) },
    usherOptions: { repeatPauseMs: 200 },
  });
  const { connector, endpoint, databasePath } = usher;
  stage = { connector, endpoint: () => endpoint, databasePath };
  await openRoom(stage);
});
afterAll(() => usher.close());

const status = (code: number, more: object = {}): ConnectorFault => ({ kind: 'status', status: code, ...more });
const both: readonly ConnectorFault[] = [
  status(504, { delivered: true }),
  status(502, { delivered: true }),
  { kind: 'reset', delivered: true },
  { kind: 'accepted', body: 'empty' },
  { kind: 'accepted', body: 'withoutId' },
  status(500),
  status(502),
  status(503),
  { kind: 'reset' },
  status(429, { headers: { 'retry-after': '1' } }),
  status(429),
  status(412),
  { kind: 'slow', ms: 700 },
];
const fine: ConnectorFault = { kind: 'slow', ms: 0 };
const postFault = fc.constantFrom(fine, ...both);
// A card that may not be edited any more still has readers; a conversation to which nothing may be posted has none.
const editFault = fc.constantFrom(
  fine,
  ...both,
  status(403, { code: 'MessageWritesBlocked' }),
  status(404),
  status(413),
);

const request = fc.record({
  want: fc.constantFrom<Want>(...wants),
  handover: fc.constantFrom<Handover>('once', 'twice', 'later'),
  posts: fc.array(postFault, { maxLength: 5 }),
  edits: fc.array(editFault, { maxLength: 5 }),
});
const absence = fc.record({
  afterMs: fc.nat(1_500),
  ms: fc.integer({ min: 200, max: 2_000 }),
  how: fc.constantFrom<Absence>('refused', 'reset', 'unavailable'),
});
const round = fc.record({
  requests: fc.array(request, { minLength: 2, maxLength: 6 }),
  absence: fc.option(absence),
});

it('whatever the connector does, each outcome is told, at most twice, and nothing waits beside it unexplained', async () => {
  const property = fc.asyncProperty(round, async ({ requests, absence }) => {
    const all = requests.map((planned) => ({ ...planned, asked: askFor(stage, planned.want) }));
    strikeByPlan(stage, new Map<Asked, (typeof all)[number]>(all.map((planned) => [planned.asked, planned])), {
      mayLose: absence === null,
    });

    const asking = Promise.all(all.map(({ asked, handover }) => perform(stage, asked, handover)));
    if (absence !== null) {
      await new Promise((resolve) => setTimeout(resolve, absence.afterMs));
      await stage.connector.away(absence.ms, absence.how);
    }
    await asking;
    const complaints = await complaintsOf(
      stage,
      all.map(({ asked }) => asked),
    );

    expect(complaints).toEqual([]);
  });

  // Each round takes seconds: a failure is shown as it is, not made smaller.
  await fc.assert(property, { numRuns: propertyRuns(60), endOnFailure: true });
});
