import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestUsher, type TestUsher } from '../support/usher.ts';

/** Teams reports an edited message as `messageUpdate`, with the id of the message first sent. */
let teams: TestUsher;
let count = 0;
let conversationId = '';

beforeAll(async () => {
  teams = await startTestUsher();
});
afterAll(() => teams.close());
beforeEach(() => {
  teams.sandbox.reset();
  count += 1;
  conversationId = `edited-${count}`;
});

const personal = () => ({ conversationId, kind: 'personal' as const });
const edited = (message: Record<string, unknown>, text: string, at = '2026-12-01T09:00:00.000Z') => ({
  ...message,
  type: 'messageUpdate',
  text,
  timestamp: at,
  channelData: { ...(message.channelData as object), eventType: 'editMessage' },
});
const send = async (activity: Record<string, unknown>) => {
  await teams.send(activity);
  await teams.settled();
};
const titles = () => teams.cardsFor(conversationId).map(({ text }) => text.split('\n')[0]);
const calls = () => teams.sandbox.requests.filter(({ path }) => path.endsWith('provisionOnDemand')).length;

describe('a message that its sender edits in the personal chat', () => {
  it.each([
    'blorb the blorb',
    'provision isaiah',
    'provsion isaiah to Salesforce',
    'provision isaiha to Salesforce',
    'retry',
  ])('is read again where its first form was not understood: %s', async (first) => {
    const message = teams.message('alex', first, personal());
    await send(message);

    await send(edited(message, 'provision isaiah to Salesforce'));

    expect(titles()).toHaveLength(2);
    expect(titles()[1]).toMatch(/Account created|Already up to date/);
    expect(calls()).toBe(1);
  });

  it('is read once, however often the edit is delivered', async () => {
    const message = teams.message('alex', 'blorb the blorb', personal());
    await send(message);

    for (let time = 0; time < 3; time += 1) await send(edited(message, 'provision isaiah to Salesforce'));

    expect(titles()).toHaveLength(2);
    expect(calls()).toBe(1);
  });

  it('is read again until it is understood', async () => {
    const message = teams.message('alex', 'blorb the blorb', personal());
    await send(message);

    await send(edited(message, 'blorb adele', '2026-12-01T09:00:00.000Z'));
    await send(edited(message, 'check isaiah in Salesforce', '2026-12-01T09:00:10.000Z'));
    await send(edited(message, 'provision isaiah to Salesforce', '2026-12-01T09:00:20.000Z'));

    expect(titles()).toHaveLength(4);
    expect(titles()[2]).toMatch(/No problem found/);
    expect(titles()[3]).toMatch(/Editing it changes nothing/);
    expect(calls()).toBe(0);
  });

  it('changes nothing where its first form was understood, and says so', async () => {
    const message = teams.message('alex', 'provision isaiah to Salesforce', personal());
    await send(message);

    await send(edited(message, 'provision adele to Salesforce'));

    expect(titles()[1]).toMatch(/Editing it changes nothing/);
    expect(calls()).toBe(1);
  });

  it('is not answered where Usher never saw its first form', async () => {
    await send(edited(teams.message('alex', 'blorb', personal()), 'provision isaiah to Salesforce'));

    expect(titles()).toEqual([]);
    expect(calls()).toBe(0);
  });

  it('is not answered for a restored message', async () => {
    const message = teams.message('alex', 'blorb the blorb', personal());
    await send(message);

    await send({ ...edited(message, 'provision isaiah to Salesforce'), channelData: { eventType: 'undeleteMessage' } });

    expect(titles()).toHaveLength(1);
    expect(calls()).toBe(0);
  });
});

it('a message that its sender edits in a channel is not read again', async () => {
  const place = { conversationId, kind: 'channel' as const };
  const message = teams.message('alex', '<at>Usher</at> blorb isaiah', place);
  await send(message);

  await send(edited(message, '<at>Usher</at> provision isaiah to Salesforce'));

  expect(calls()).toBe(0);
});
