import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { GraphAnswer, NoAnswer, Trace } from '../../src/graph/answer.ts';
import type { OnDemandCall } from '../../src/graph/synchronization.ts';
import { attempt, type ProvisioningService, type Settlement } from '../../src/requests/attempt.ts';
import type { Task } from '../../src/requests/request.ts';
import type { Stays } from '../../src/requests/rows.ts';

const trace: Trace = { clientRequestId: 'client-1', requestId: 'graph-1', date: null };
const neverStopped = new AbortController().signal;
const ignore = () => undefined;
const success = { key: '{"result":"Success","details":{}}', value: '{"action":"Create"}' };

function taskAt(attempts: number, throttles = 0): Task {
  return {
    id: 'task',
    requestId: 'R7K3MQ',
    position: 0,
    subject: { id: 'isaiah', type: 'User', name: 'Isaiah Langer', label: null },
    members: [],
    app: { id: 'salesforce', name: 'Salesforce' },
    jobId: 'job',
    ruleId: 'rule',
    assignment: { kind: 'none' },
    awaitsAssignment: false,
    state: { kind: 'running', startedAt: 0, lease: { owner: 'this process', until: 0 } },
    attempts,
    throttles,
    assignmentMisses: 0,
  };
}

interface Behaviour {
  readonly answer: GraphAnswer;
  readonly quarantined?: boolean;
  readonly ruleNow?: string | null;
}

/** A service that answers as scripted and records its calls. */
function service({ answer, quarantined = false, ruleNow = null }: Behaviour) {
  const calls: OnDemandCall[] = [];
  const lookups: string[] = [];
  const graph: ProvisioningService = {
    async provisionOnDemand(call) {
      calls.push(call);
      return answer;
    },
    async isQuarantined() {
      lookups.push('isQuarantined');
      return quarantined;
    },
    async freshRule() {
      lookups.push('freshRule');
      return ruleNow;
    },
  };
  return { graph, calls, lookups };
}

function settle(behaviour: Behaviour, task = taskAt(1)): Promise<Settlement> {
  return attempt(service(behaviour).graph, task, neverStopped, ignore);
}

function refused(
  status: number,
  more: { code?: string; message?: string; retryAfterMs?: number | null } = {},
): GraphAnswer {
  return { kind: 'refused', status, code: '', message: '', retryAfterMs: null, trace, ...more };
}

const noAnswer = (why: NoAnswer): GraphAnswer => ({ kind: 'noAnswer', why, trace });

describe('an attempt', () => {
  it('sends one call for its subject', async () => {
    const { graph, calls } = service({ answer: { kind: 'ok', status: 200, body: success, trace } });

    await attempt(graph, taskAt(1), neverStopped, ignore);

    expect(calls).toEqual([
      { servicePrincipalId: 'salesforce', jobId: 'job', ruleId: 'rule', subject: taskAt(1).subject, members: [] },
    ]);
  });

  it('sends the members along with their group', async () => {
    const { graph, calls } = service({ answer: { kind: 'ok', status: 200, body: success, trace } });
    const members = [{ id: 'adele', type: 'User', name: 'Adele Vance', label: null }];

    await attempt(graph, { ...taskAt(1), members }, neverStopped, ignore);

    expect(calls).toMatchObject([{ members }]);
  });

  it('ends with the outcome of a readable answer, and keeps the ids for support', async () => {
    const settlement = await settle({ answer: { kind: 'ok', status: 200, body: success, trace } });

    expect(settlement).toMatchObject({
      kind: 'done',
      outcome: { kind: 'created' },
      graphRequestId: 'graph-1',
      clientRequestId: 'client-1',
    });
  });

  it.each([[null], [''], [[]], [{}], [{ key: 'x' }], ['<!doctype html>']])(
    'ends with "unknown" when a success carries %j',
    async (body) => {
      const settlement = await settle({ answer: { kind: 'ok', status: 200, body, trace } });

      expect(settlement).toMatchObject({ kind: 'done', outcome: { kind: 'unknown', why: 'unreadable' } });
    },
  );

  it('ends with "unknown" when the answer cannot be read at all', async () => {
    const settlement = await settle({ answer: { kind: 'unreadable', status: 200, trace } });

    expect(settlement).toMatchObject({ kind: 'done', outcome: { kind: 'unknown', why: 'unreadable' } });
  });
});

describe('an attempt that Graph throttles with 429', () => {
  it.each([null, 0, 7_000])(
    'waits for the gate, which closes for all tasks (Retry-After %s ms)',
    async (retryAfterMs) => {
      const settlement = await settle({ answer: refused(429, { retryAfterMs }) });

      expect(settlement).toEqual({
        kind: 'again',
        postponement: { reason: 'throttled', delayMs: 0, closesGate: { retryAfterMs } },
      });
    },
  );

  it('waits again for the nineteenth time, and gives up at the twentieth, which closes the gate all the same', async () => {
    const nineteenth = await settle({ answer: refused(429) }, taskAt(19, 18));
    const twentieth = await settle({ answer: refused(429) }, taskAt(20, 19));

    expect(nineteenth).toMatchObject({ kind: 'again' });
    expect(twentieth).toMatchObject({ kind: 'done', outcome: { kind: 'refused', status: 429, cause: 'throttled' } });
    expect(twentieth).toMatchObject({ closesGate: { retryAfterMs: null } });
  });

  it('does not count against the tries after other errors', async () => {
    const task = taskAt(11, 10);

    const settlements = await Promise.all(
      [refused(503), refused(504), noAnswer('timeout')].map((answer) => settle({ answer }, task)),
    );

    expect(settlements.map(({ kind }) => kind)).toEqual(['again', 'again', 'again']);
    expect(settlements[0]).toMatchObject({ postponement: { delayMs: 5_000 } });
  });
});

describe('an attempt on a service that is down', () => {
  it.each([
    [500, 1, 5_000],
    [502, 2, 10_000],
    [503, 3, 20_000],
  ])('asks again after a %i, the %i. time after %i ms', async (status, attempts, delayMs) => {
    const settlement = await settle({ answer: refused(status) }, taskAt(attempts));

    const evidence = { kind: 'trouble', code: `HTTP_${status}`, retryAfterMs: null };
    expect(settlement).toEqual({ kind: 'again', postponement: { reason: 'serviceUnavailable', delayMs, evidence } });
  });

  it('waits as long as the service asks, but not shorter than the pause', async () => {
    const longer = await settle({ answer: refused(503, { retryAfterMs: 60_000 }) });
    const shorter = await settle({ answer: refused(503, { retryAfterMs: 1_000 }) });

    expect(longer).toMatchObject({ postponement: { delayMs: 60_000 } });
    expect(shorter).toMatchObject({ postponement: { delayMs: 5_000 } });
  });

  it.each([1_200_000, 86_400_000])('waits for as long as Graph asks, up to a day: %s ms', async (asked) => {
    const settlement = await settle({ answer: refused(503, { retryAfterMs: asked }) });

    expect(settlement).toMatchObject({ kind: 'again', postponement: { delayMs: asked } });
  });

  it.each([429, 500, 503])('ends where a %i asks for more than a day, and keeps for how long', async (status) => {
    const settlement = await settle({ answer: refused(status, { retryAfterMs: 86_400_001 }) });

    expect(settlement).toMatchObject({
      kind: 'done',
      outcome: { kind: 'refused', status, retryAfterMs: 86_400_001 },
    });
  });

  it.each([500, 502, 503])('gives up at the fourth %i', async (status) => {
    const settlement = await settle({ answer: refused(status) }, taskAt(4));

    expect(settlement).toMatchObject({
      kind: 'done',
      outcome: { kind: 'refused', status, cause: 'serviceUnavailable' },
    });
  });
});

describe('an attempt without an answer', () => {
  const silent: [string, GraphAnswer, string][] = [
    ['a gateway that gave up', refused(504), 'gatewayTimeout'],
    ['silence', noAnswer('timeout'), 'timeout'],
    ['a broken connection', noAnswer('connectionLost'), 'connectionLost'],
  ];

  it.each(silent)('asks once more after %s', async (_what, answer) => {
    const settlement = await settle({ answer });

    expect(settlement).toMatchObject({
      kind: 'again',
      postponement: { reason: 'noAnswer', delayMs: 5_000, evidence: { kind: 'trouble' } },
    });
  });

  it.each(silent)('ends with "unknown" after %s for the second time', async (_what, answer, why) => {
    const settlement = await settle({ answer }, taskAt(2));

    expect(settlement).toMatchObject({ kind: 'done', outcome: { kind: 'unknown', why } });
  });

  const notLeft: [string, GraphAnswer, object][] = [
    [
      'connection',
      { kind: 'noAnswer', why: 'unreachable', unsent: true, code: 'ENOTFOUND', trace },
      { reason: 'unreachable', evidence: { kind: 'fault', cause: 'unreachable', code: 'ENOTFOUND' } },
    ],
    [
      'token',
      { kind: 'noAnswer', why: 'noCredential', unsent: true, code: 'AADSTS7000222', trace },
      { reason: 'noToken', evidence: { kind: 'fault', cause: 'noToken', code: 'AADSTS7000222' } },
    ],
  ];

  it.each(notLeft)(
    'waits for the gate where no %s came about, however often that was, and counts as no attempt',
    async (_what, answer, told) => {
      const settlements = await Promise.all([1, 4, 50].map((attempts) => settle({ answer }, taskAt(attempts))));

      const postponement = { delayMs: 0, unsent: true, ...told };
      expect(settlements).toEqual(settlements.map(() => ({ kind: 'again', postponement })));
    },
  );

  it('ends for a person whose own sign-in is gone, which says nothing about Graph', async () => {
    const answer: GraphAnswer = { kind: 'noAnswer', why: 'noCredential', unsent: true, onBehalf: true, trace };

    const settlement = await settle({ answer });

    const evidence = { kind: 'nothing' };
    expect(settlement).toMatchObject({ kind: 'done', outcome: { cause: 'signInGone' }, unsent: true, evidence });
  });

  it('waits longer after a 504 that asks for it', async () => {
    const settlement = await settle({ answer: refused(504, { retryAfterMs: 60_000 }) });

    expect(settlement).toMatchObject({ postponement: { reason: 'noAnswer', delayMs: 60_000 } });
  });

  it('goes back at once when the process stops, however often that was', async () => {
    const settlement = await settle({ answer: noAnswer('stopped') }, taskAt(50));

    const evidence = { kind: 'nothing' };
    expect(settlement).toEqual({ kind: 'again', postponement: { reason: 'interrupted', delayMs: 0, evidence } });
  });
});

describe('an attempt that probes whether Graph is back', () => {
  it.each([refused(503), refused(500), refused(504), noAnswer('timeout'), noAnswer('connectionLost')])(
    'goes back after an error, however often it has met that: %j',
    async (answer) => {
      const settlements = await Promise.all(
        [1, 4, 50].map((attempts) =>
          attempt(service({ answer }).graph, taskAt(attempts), neverStopped, ignore, { isProbe: true }),
        ),
      );

      expect(settlements).toMatchObject(
        settlements.map(() => ({ kind: 'again', postponement: { evidence: { kind: 'trouble' } } })),
      );
    },
  );

  it('ends by missing credentials like any other call: those are the app’s own trouble', async () => {
    const { graph } = service({ answer: refused(503, { code: 'CredentialsMissing' }) });

    const settlement = await attempt(graph, taskAt(4), neverStopped, ignore, { isProbe: true });

    expect(settlement).toMatchObject({
      kind: 'done',
      outcome: { cause: 'credentialsMissing' },
      evidence: { kind: 'answered' },
    });
  });

  it('does not count against the tries of its task', async () => {
    const settlement = await settle({ answer: refused(503) }, { ...taskAt(7), excused: 6 });

    expect(settlement).toMatchObject({ kind: 'again', postponement: { delayMs: 5_000 } });
  });
});

describe('an attempt by a rule that Graph does not know', () => {
  const unknownRule = refused(400, { code: 'RequestParameterInvalid', message: 'the job does not include the rule' });

  it('goes on at once with the rule as it is now', async () => {
    const settlement = await settle({ answer: unknownRule, ruleNow: 'new rule' });

    expect(settlement).toEqual({
      kind: 'again',
      postponement: { reason: 'ruleChanged', delayMs: 0, ruleId: 'new rule' },
    });
  });

  it.each([['rule'], [null]])('is refused when a new look brings %j', async (ruleNow) => {
    const settlement = await settle({ answer: unknownRule, ruleNow });

    expect(settlement).toMatchObject({ kind: 'done', outcome: { kind: 'refused', status: 400, cause: 'wrongRule' } });
  });

  it('does not follow forever a rule that changes at every look', async () => {
    const settlement = await settle({ answer: unknownRule, ruleNow: 'yet another' }, taskAt(4));

    expect(settlement).toMatchObject({ kind: 'done', outcome: { cause: 'wrongRule' } });
  });

  it('does not read any other 400 as an unknown rule', async () => {
    const { graph, lookups } = service({ answer: refused(400, { code: 'BadRequest' }), ruleNow: 'new rule' });

    const settlement = await attempt(graph, taskAt(1), neverStopped, ignore);

    expect(lookups).toEqual([]);
    expect(settlement).toMatchObject({ kind: 'done', outcome: { kind: 'refused', cause: 'other' } });
  });
});

describe('an attempt after an assignment that Usher has just made', () => {
  const key = '{"result":"Skipped","details":{"errorCode":"NotEffectivelyEntitled"}}';
  const answer: GraphAnswer = { kind: 'ok', status: 200, body: { key, value: '{}' }, trace };
  const awaiting = (assignmentMisses: number, attempts = assignmentMisses + 1): Task => {
    return { ...taskAt(attempts), awaitsAssignment: true, assignmentMisses };
  };

  it.each([
    [0, 30_000],
    [1, 60_000],
    [2, 120_000],
    [3, 240_000],
  ])('waits for Microsoft to see it, the time after %i in vain for %i ms', async (assignmentMisses, delayMs) => {
    const settlement = await settle({ answer }, awaiting(assignmentMisses));

    expect(settlement).toEqual({ kind: 'again', postponement: { reason: 'assignmentUnseen', delayMs } });
  });

  it('ends with the fifth "not in scope"', async () => {
    const settlement = await settle({ answer }, awaiting(4));

    expect(settlement).toMatchObject({ kind: 'done', outcome: { kind: 'notInScope' } });
  });

  it('ends with the first one where Usher assigned nothing', async () => {
    const settlement = await settle({ answer }, taskAt(1));

    expect(settlement).toMatchObject({ kind: 'done', outcome: { kind: 'notInScope' } });
  });

  it('ends with any other outcome at once', async () => {
    const settlement = await settle({ answer: { kind: 'ok', status: 200, body: success, trace } }, awaiting(1));

    expect(settlement).toMatchObject({ kind: 'done', outcome: { kind: 'created' } });
  });

  it('does not count against the tries after other errors, nor the other way around', async () => {
    const settlements = await Promise.all([
      settle({ answer: refused(503) }, awaiting(3)),
      settle({ answer: noAnswer('timeout') }, awaiting(3)),
      settle({ answer }, awaiting(0, 3)),
    ]);

    expect(settlements).toMatchObject([
      { kind: 'again', postponement: { reason: 'serviceUnavailable', delayMs: 5_000 } },
      { kind: 'again', postponement: { reason: 'noAnswer' } },
      { kind: 'again', postponement: { reason: 'assignmentUnseen', delayMs: 30_000 } },
    ]);
  });
});

describe('an attempt after the deletion of an assignment', () => {
  const fixture = (name: string): GraphAnswer => ({
    kind: 'ok',
    status: 200,
    body: JSON.parse(readFileSync(new URL(`../fixtures/graph/${name}.response.json`, import.meta.url), 'utf8')),
    trace,
  });
  const stillAssigned = fixture('01-docs-user-Skipped-RedundantExport');
  const removing = (assignmentMisses: number, { through = [], others = false }: Partial<Stays> = {}): Task => ({
    ...taskAt(assignmentMisses + 1),
    assignment: { kind: 'unassign', only: null, roles: [], through, others, step: 'made' },
    awaitsAssignment: true,
    assignmentMisses,
  });

  it('waits for Microsoft to see it, and ends unverified with the fifth answer that does not', async () => {
    const settlements = [
      await settle({ answer: stillAssigned }, removing(0)),
      await settle({ answer: stillAssigned }, removing(4)),
    ];

    expect(settlements).toMatchObject([
      { kind: 'again', postponement: { reason: 'unassignmentUnseen', delayMs: 30_000 } },
      { kind: 'done', outcome: { kind: 'notRemoved', why: 'unseen' } },
    ]);
  });

  it.each([
    ['a group', { through: ['Sales'] }],
    ['another assignment of the person’s own', { others: true }],
  ])('ends at once where %s assigns the person still', async (_, stays) => {
    const settlement = await settle({ answer: stillAssigned }, removing(0, stays));

    expect(settlement).toMatchObject({ kind: 'done', outcome: { kind: 'notRemoved', why: 'stillEntitled' } });
  });

  it.each([
    ['synthetic-a-unassigned-disabled', { kind: 'removed', how: 'disabled' }],
    ['synthetic-a-unassigned-deleted', { kind: 'removed', how: 'deleted' }],
    ['synthetic-b-unassigned-account-inactive', { kind: 'removed', how: 'inactiveAlready' }],
    ['synthetic-a-unassigned-account-active', { kind: 'notRemoved', why: 'accountAlive' }],
    ['synthetic-a-unassigned-no-matching-step', { kind: 'notRemoved', why: 'unproven' }],
    ['synthetic-a-failed-EntryConflict', { kind: 'failed' }],
  ])('is judged by what the answer proves: %s', async (name, outcome) => {
    expect(await settle({ answer: fixture(name) }, removing(0))).toMatchObject({ kind: 'done', outcome });
  });
});

describe('an attempt while another provisioning is under way', () => {
  const busy = refused(409, { code: 'Conflict', message: 'Another operation is in progress.' });

  it.each([
    [1, 10_000],
    [2, 20_000],
    [3, 40_000],
    [4, 60_000],
    [7, 60_000],
  ])('waits for it, the %i. time for %i ms', async (attempts, delayMs) => {
    const settlement = await settle({ answer: busy }, taskAt(attempts));

    expect(settlement).toEqual({ kind: 'again', postponement: { reason: 'inProgress', delayMs } });
  });

  it('ends at the eighth time', async () => {
    const settlement = await settle({ answer: busy }, taskAt(8));

    expect(settlement).toMatchObject({ kind: 'done', outcome: { kind: 'refused', status: 409 } });
  });

  it('does not wait for any other conflict', async () => {
    const settlement = await settle({ answer: refused(409, { code: 'Conflict', message: 'It exists already.' }) });

    expect(settlement).toMatchObject({ kind: 'done' });
  });
});

describe('an attempt whose token Graph does not accept', () => {
  const answer = refused(401, { code: 'InvalidAuthenticationToken' });

  it('is repeated at once, with a fresh token', async () => {
    const { graph, lookups } = service({ answer });

    const settlement = await attempt(graph, taskAt(1), neverStopped, ignore);

    expect(settlement).toEqual({ kind: 'again', postponement: { reason: 'tokenRefused', delayMs: 0 } });
    expect(lookups).toEqual([]);
  });

  it('ends the second time in a row', async () => {
    const state = { ...taskAt(2).state, waitReason: 'tokenRefused' } as Task['state'];

    const settlement = await settle({ answer }, { ...taskAt(2), state });

    expect(settlement).toMatchObject({ kind: 'done', outcome: { status: 401, code: 'InvalidAuthenticationToken' } });
  });
});

describe('an attempt that Graph refuses', () => {
  it.each([
    [401, true, 'quarantined'],
    [401, false, 'permission'],
    [403, true, 'permission'],
    [404, true, 'notFound'],
    [409, true, 'other'],
  ])('with %i, the job quarantined: %s, is blamed on %s', async (status, quarantined, cause) => {
    const settlement = await settle({ answer: refused(status, { code: 'UnknownError' }), quarantined });

    expect(settlement).toMatchObject({ kind: 'done', outcome: { kind: 'refused', status, cause } });
  });

  it('reads the job only where that could explain the refusal', async () => {
    const lookups = await Promise.all(
      [401, 403, 404, 429, 503].map(async (status) => {
        const made = service({ answer: refused(status) });
        await attempt(made.graph, taskAt(1), neverStopped, ignore);
        return made.lookups;
      }),
    );

    expect(lookups).toEqual([['isQuarantined'], [], [], [], []]);
  });
});

// A call that cannot leave waits behind the closed gate, whose day is the end of it: `graph-away.test.ts`.
it('an attempt comes to an end whatever Graph may answer, and never calls it a success', async () => {
  const answers: fc.Arbitrary<GraphAnswer> = fc.oneof(
    fc.integer({ min: 300, max: 599 }).map((status) => refused(status, { code: 'RequestParameterInvalid' })),
    fc.constantFrom<NoAnswer>('timeout', 'connectionLost').map(noAnswer),
    fc.constant<GraphAnswer>({ kind: 'unreadable', status: 200, trace }),
  );
  const property = fc.asyncProperty(fc.array(answers, { minLength: 1 }), async (script) => {
    let task = taskAt(0);
    for (let turn = 0; turn < 30; turn += 1) {
      const answer = script[turn % script.length] as GraphAnswer;
      task = { ...task, attempts: task.attempts + 1 };
      const settlement = await settle({ answer, ruleNow: `rule ${turn}` }, task);
      if (settlement.kind === 'done') {
        expect(['refused', 'unknown']).toContain(settlement.outcome.kind);
        return;
      }
      if (settlement.postponement.closesGate !== undefined) task = { ...task, throttles: task.throttles + 1 };
    }
    throw new Error('no end after thirty attempts');
  });

  await fc.assert(property);
});
