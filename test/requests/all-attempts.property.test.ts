import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cardAsText } from '../../src/chat/cards/as-text.ts';
import { requestCard } from '../../src/features/provisioning/cards/request-card.ts';
import { isWorthRetrying } from '../../src/graph/outcome/worth-retrying.ts';
import { cancelRequest } from '../../src/requests/confirmation.ts';
import { requeueTasks } from '../../src/requests/queue.ts';
import type { Task } from '../../src/requests/request.ts';
import { findRequest } from '../../src/requests/store.ts';
import { readFault } from '../../src/sandbox/graph/fault-notation.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { sqliteEngine, useTestDatabase } from '../support/databases.ts';
import { openScene, quickClock } from './scene.ts';

/**
 * Whatever Graph answers in a random order of attempts, and whatever users do in between, the card never says that
 * nothing was done after an attempt whose end is unknown.
 */
/** The pauses of an attempt last minutes. The wide guard is for a busy machine, on which a call leaves late. */
const speed = 400;
const limits = { limit: 1_000, windowMs: 60_000, guardMs: 60_000 };

const place = useTestDatabase(sqliteEngine);

const unknownEnds = ['504', '504+done', '500', '502', '503+done', 'cutOff', 'reset', 'truncated', 'empty', 'html'];
const certainEnds = ['403', '401', '400:BadRequest', '404', '409:Conflict', '429/1', 'token', 'inProgress', '412'];
const answer = fc.oneof(
  fc.constantFrom(...unknownEnds),
  fc.constantFrom(...certainEnds),
  fc.constantFrom('damagedValue', 'warned', 'gzip'),
);
const scenarios = fc.record({
  subject: fc.constantFrom('isaiah', 'adele', 'diego', 'grady', 'nestor', 'miriam'),
  /** Graph's answers to the first request, and to each retry of it. */
  rounds: fc.array(fc.array(answer, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 2 }),
  isCancelled: fc.boolean(),
});

function endedWell(task: Task | undefined): boolean {
  return task?.state.kind === 'done' && !isWorthRetrying(task.state.outcome);
}

it('never says that nothing was done after an attempt whose end is unknown', async () => {
  const property = fc.asyncProperty(scenarios, async ({ subject, rounds, isCancelled }) => {
    const scene = await openScene({ place, clock: quickClock(speed), limits, sandbox: { limit: 10_000 } });
    try {
      const request = await scene.ask([people[subject].id]);
      const struck: string[] = [];
      for (const [round, answers] of rounds.entries()) {
        const before = scene.sandbox.requests.filter(({ path }) => path.endsWith('/provisionOnDemand')).length;
        for (const name of answers) scene.sandbox.failNext(/provisionOnDemand$/, readFault(name) as never);
        const [task] = await scene.tasksOf(request);
        // What ended well has no Retry button.
        if (endedWell(task)) break;
        if (round > 0) await requeueTasks(scene.store, request.id, [task?.id ?? ''], 'alex');
        const dispatcher = scene.start();
        await scene.settled();
        await dispatcher.stop(0);
        const after = scene.sandbox.requests.filter(({ path }) => path.endsWith('/provisionOnDemand')).length;
        struck.push(...answers.slice(0, after - before));
        // Scripted faults that were not needed are not to strike the next round.
        for (const _ of answers.slice(after - before)) {
          await fetch(`${scene.sandbox.url}/x/provisionOnDemand`).catch(() => undefined);
        }
      }
      const [last] = await scene.tasksOf(request);
      if (isCancelled && !endedWell(last)) {
        await requeueTasks(scene.store, request.id, [last?.id ?? ''], 'alex');
        await cancelRequest(scene.store, request.id, 'alex');
      }

      const found = await findRequest(scene.store.database, request.id);
      if (found === null) throw new Error('the request is gone');
      const { card, summary } = requestCard({ request: found, forecast: null, now: Date.now(), canRetry: true });

      const [task] = found.tasks;
      const isWell = endedWell(task);
      // The other part of a damaged answer may hold a failure.
      const unknown = subject === 'grady' ? unknownEnds : [...unknownEnds, 'damagedValue'];
      const isUnknown = struck.some((name) => unknown.includes(name));
      if (!isUnknown || (task?.perhaps ?? null) === null) {
        // Then either every end was known, or a later attempt has shown how both sides stand.
        expect({ struck, isTold: isWell || !isUnknown, state: task?.state }).toMatchObject({ isTold: true });
        return;
      }
      const text = `${cardAsText(card)}\n${summary}`;
      expect(text).not.toMatch(/was not|not provisioned|nothing was|before anything was sent/i);
      expect(text).toMatch(/may (or may not )?have/);
    } finally {
      await scene.close();
    }
  });

  await fc.assert(property, { numRuns: 30 });
}, 240_000);
