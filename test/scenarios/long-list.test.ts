import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { seasonalPeople } from '../../src/sandbox/tenant/people.ts';
import { createTenant } from '../../src/sandbox/tenant/tenant.ts';
import { eventually } from '../support/eventually.ts';
import { startTestUsher, type TestUsher } from '../support/usher.ts';

jest.setTimeout(90_000);

/** A hundredth of Graph's window, and a guard for a busy machine, where sandbox and bot share a process. */
const window = { windowMs: 100, guardMs: 140 };
const people = seasonalPeople(500).map((person) => person.userPrincipalName);

let teams: TestUsher;

beforeEach(async () => {
  teams = await startTestUsher({
    environment: { PROVISION_WINDOW_MS: String(window.windowMs), PROVISION_GUARD_MS: String(window.guardMs) },
    sandboxOptions: { tenant: createTenant({ seasonal: 500 }) },
    // The real pace, since it is what keeps a card within Teams' limits.
    usherOptions: { editEveryMs: 2_000 },
  });
});
afterEach(() => teams.close());

async function startList(count: number): Promise<string> {
  await teams.say('alex', `provision users to Salesforce\n${people.slice(0, count).join('\n')}`);
  await teams.usher.settled();
  const asking = teams.lastCard();
  await teams.press('alex', asking, `Provision ${count} people`);
  return asking.id;
}

describe('a list of five hundred', () => {
  it('is done without a single 429, on one small card that is edited no faster than Teams allows', async () => {
    const cardId = await startList(500);
    await teams.settled();

    expect(teams.sandbox.stats()).toMatchObject({ calls: 500, throttled: 0 });
    const cards = teams.cardsFor();
    expect(cards.map((card) => card.id)).toEqual([cardId]);
    expect(cards[0]?.text).toMatch(/500/);
    const edits = teams.connector.deliveries.filter(({ kind }) => kind === 'edit');
    for (const [index, edit] of edits.entries()) {
      const next = edits[index + 1];
      if (next !== undefined) expect(next.at - edit.at).toBeGreaterThanOrEqual(1_900);
      expect(Buffer.byteLength(JSON.stringify(edit.activity))).toBeLessThanOrEqual(26_000);
    }
  });

  it('lets a single request start within a window', async () => {
    await startList(300);
    await eventually(() => teams.sandbox.stats().calls >= 50);

    const before = teams.sandbox.stats().arrivals.length;
    await teams.say('alex', 'provision isaiah to Salesforce', { conversationId: 'alone', kind: 'personal' });
    await eventually(() => teams.lastCard('alone').text.includes('Account created'));
    const calls = teams.sandbox.requests.filter(({ path }) => path.endsWith('/provisionOnDemand'));
    const place = calls.findIndex(({ body }) => JSON.stringify(body).includes('5eed0000-0000-4000-8000-000000000004'));

    // What was under way when it was said, and no more than a window of others before it.
    expect(place - before).toBeLessThanOrEqual(2 * 5);
    await teams.say('alex', `cancel ${requestId()}`);
    await teams.settled();
  });
});

function requestId(): string {
  return /request ([0-9A-Z]{6})/i.exec(teams.cardsFor()[0]?.text ?? '')?.[1] ?? '';
}
