import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import type { Absence } from '../../src/sandbox/teams/connector.ts';
import { createTenant } from '../../src/sandbox/tenant/tenant.ts';
import { propertyRuns } from '../support/property-runs.ts';
import { startTestUsher, type TestUsher } from '../support/usher.ts';
import {
  askFor,
  complaintsOf,
  type Faults,
  finalFaults,
  type Handover,
  openFaults,
  openRoom,
  perform,
  planOf,
  pool,
  repeatableFaults,
  type Stage,
  stageEnvironment,
  strikeByPlan,
  swiftClock,
  swiftly,
  type Want,
  wants,
} from './told-stage.ts';

jest.setTimeout(600_000);

let usher: TestUsher;
let stage: Stage;

beforeAll(async () => {
  usher = await startTestUsher({
    environment: stageEnvironment,
    sandboxOptions: { tenant: createTenant({ seasonal: pool, clock: swiftClock }) },
    usherOptions: { repeatPauseMs: 500, clock: swiftClock },
  });
  const { connector, endpoint, databasePath } = usher;
  stage = { connector, endpoint: () => endpoint, databasePath };
  await openRoom(stage);
});
afterAll(() => usher.close());

const onBoth: Faults = {
  nothing: { kind: 'slow', ms: 0 },
  'the truth, late': { kind: 'slow', ms: swiftly(700) },
  ...openFaults,
  ...repeatableFaults,
};
const onEdits: Faults = { ...onBoth, ...finalFaults };
/** By name, so that a failure can be read. */
const some = (faults: Faults) => fc.array(fc.constantFrom(...Object.keys(faults)), { maxLength: 5 });

const request = fc.record({
  want: fc.constantFrom<Want>(...wants),
  handover: fc.constantFrom<Handover>('once', 'twice', 'later'),
  posts: some(onBoth),
  edits: some(onEdits),
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
    const all = requests.map(({ want, ...planned }) => ({ ...planned, asked: askFor(stage, want) }));
    const plans = new Map(all.map(({ asked, ...planned }) => [asked, planOf(onEdits, planned)]));
    strikeByPlan(stage, plans, { mayLose: absence === null });

    const asking = Promise.all(all.map(({ asked, handover }) => perform(stage, asked, handover)));
    if (absence !== null) {
      await new Promise((resolve) => setTimeout(resolve, swiftly(absence.afterMs)));
      await stage.connector.away(swiftly(absence.ms), absence.how);
    }
    await asking;
    const complaints = await complaintsOf(
      stage,
      all.map(({ asked }) => asked),
    );

    expect(complaints).toEqual([]);
  });

  // Each round takes seconds: a failure is shown as it is, not made smaller.
  await fc.assert(property, { numRuns: propertyRuns(10), endOnFailure: true });
});
