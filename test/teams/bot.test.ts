import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestUsher, type TestUsher } from '../support/usher.ts';

let teams: TestUsher;
beforeEach(async () => {
  teams = await startTestUsher();
});
afterEach(() => teams.close());

describe('a turn', () => {
  it('carries a message to Graph and its outcome back onto one card', async () => {
    const status = await teams.say('alex', 'provision user isaiah to Salesforce');
    await teams.settled();

    expect(status).toBe(200);
    expect(teams.cardsFor('personal-alex')).toHaveLength(1);
    expect(teams.lastCard().text).toContain('Isaiah Langer');
    expect(teams.sandbox.stats().calls).toBe(1);
  });
});
