import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openAccessCard } from '../../../src/features/approvals/access-requests/access-cards.ts';
import { startApproved } from '../../../src/features/approvals/access-requests/acting.ts';
import { act } from '../../../src/features/approvals/access-requests/store.ts';
import { type DrawAccessCardParts, drawAccessCard } from '../../../src/features/approvals/draw-access-card.ts';
import type { Outcome } from '../../../src/graph/outcome.ts';
import { findMessage } from '../../../src/outbox/message-store.ts';
import type { AccessParts } from '../../../src/requests/access-parts.ts';
import { finishTask } from '../../../src/requests/running.ts';
import { claimed, done, wanted } from '../../requests/support.ts';
import { createTestClock } from '../../support/clock.ts';
import { sqliteEngine, useTestDatabase } from '../../support/databases.ts';
import { approved, accessParts as partsOf, reader } from './access-requests/support.ts';

const report = {
  ...{ steps: [], changes: [], changeId: null, subjectLabel: null },
  ...{ sourceSystem: null, targetSystem: null, targetId: null },
};
const place = useTestDatabase(sqliteEngine);
let store: AccessParts;

beforeAll(async () => {
  const clock = createTestClock();
  store = partsOf(await place.open(clock), clock);
});
beforeEach(() => place.empty());

/** The requester's card, as it looks when the provisioning request has this outcome, and once the access request is over. */
async function drawnAfter(outcome: Outcome) {
  const { id } = await approved(store);
  const cardId = await openAccessCard(store, {
    ...{ accessRequestId: id, source: 'request|1', conversation: 'megan chat', reader },
    ...{ audience: 'requester', shownBy: null },
  });
  const draw = async () => {
    const card = await findMessage(store.database, cardId);
    if (card === null) throw new Error('it was stored a moment ago');
    const access = { identify: async () => ({ kind: 'trouble' }), contacts: async () => [] };
    const parts = { store, access, entraPortal: 'https://entra.microsoft.com', isPersonalChat: () => true };
    return drawAccessCard(parts as unknown as DrawAccessCardParts, card);
  };
  await startApproved(store, id, wanted());
  const running = await draw();
  await finishTask(store, await claimed(store), { ...done, outcome });
  const told = await draw();
  await act(store, id, { kind: 'finish', outcome: outcome.kind });
  return { running, told, over: await draw() };
}

describe('the card of an access request', () => {
  it('tells its outcome as soon as the provisioning request has it, and the same one when it is over', async () => {
    const { running, told, over } = await drawnAfter({ kind: 'created', report });

    expect([running?.finished, told?.finished, over?.finished]).toEqual([false, true, true]);
    expect(told?.outcome).toBe(over?.outcome);
    expect(told?.outcome).not.toBe(running?.outcome);
    expect(told?.fingerprint).not.toBe(over?.fingerprint);
  });

  it('has no outcome yet where the person is not in scope, as it may wait for the assignment', async () => {
    const { told, over } = await drawnAfter({ kind: 'notInScope', failedChecks: ['assigned'], report });

    expect([told?.finished, over?.finished]).toEqual([false, true]);
  });
});
