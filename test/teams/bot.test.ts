import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cardAsText } from '../../src/chat/cards/as-text.ts';
import { exchangeActivity } from '../../src/sandbox/teams/activity.ts';
import type { ConnectorFault } from '../../src/sandbox/teams/connector.ts';
import { tenantId } from '../../src/sandbox/tenant/identity.ts';
import { eventually } from '../support/eventually.ts';
import { startTestUsher, type TestUsher } from '../support/usher.ts';

let teams: TestUsher;
beforeEach(async () => {
  teams = await startTestUsher();
});
afterEach(() => teams.close());

const posts = () => teams.connector.deliveries.filter(({ kind }) => kind === 'post');
/** What stands in the record but that Usher was started. */
const sinceStart = async () => (await teams.records()).filter(({ kind }) => kind !== 'usherStarted');

describe('a turn', () => {
  it('carries a message to Graph and its outcome back onto one card', async () => {
    const status = await teams.say('alex', 'provision user isaiah to Salesforce');
    await teams.settled();

    expect(status).toBe(200);
    expect(teams.cardsFor('personal-alex')).toHaveLength(1);
    expect(teams.lastCard().text).toContain('Isaiah Langer');
    expect(teams.lastCard().text).toContain('Account created');
    expect(teams.sandbox.stats().calls).toBe(1);
  });

  it('that comes twice, one after the other, is answered once', async () => {
    const message = teams.message('alex', 'provision isaiah to Salesforce');

    const statuses = [await teams.send(message), await teams.send(message)];
    await teams.settled();

    expect(statuses).toEqual([200, 200]);
    expect(posts()).toHaveLength(1);
    expect(teams.sandbox.stats().calls).toBe(1);
    expect(teams.logLines).toContainEqual(expect.objectContaining({ code: 'repeated_activity' }));
  });

  it('that comes five times at once is answered once', async () => {
    const message = teams.message('alex', 'provision isaiah to Salesforce');

    const statuses = await Promise.all([1, 2, 3, 4, 5].map(() => teams.send(message)));
    await teams.settled();

    expect(statuses).toEqual([200, 200, 200, 200, 200]);
    expect(posts()).toHaveLength(1);
    expect(teams.sandbox.stats().calls).toBe(1);
  });

  it('with the same id in another conversation is another one', async () => {
    const message = teams.message('alex', 'whoami');

    await teams.send(message);
    await teams.send({ ...message, conversation: { id: 'elsewhere', conversationType: 'groupChat', tenantId } });
    await teams.settled();

    expect(posts().map(({ conversationId }) => conversationId)).toEqual(['personal-alex', 'elsewhere']);
  });

  it('answers in the thread of the channel where it was asked', async () => {
    const thread = '19:general@thread.tacv2;messageid=1700000000000';

    await teams.say('alex', '<at>Usher</at> whoami', { conversationId: thread, kind: 'channel' });
    await teams.settled();

    expect(teams.lastCard().conversationId).toBe(thread);
    expect(teams.lastCard().text).toContain('Alex Wilber');
  });

  it('of a card that is redrawn in its own place leaves no other card', async () => {
    await teams.say('alex', 'provision lee to Salesforce');
    await teams.settled();
    const picker = teams.lastCard();
    const [first] = picker.buttons;

    await teams.click('alex', picker.id, first?.data);
    await teams.settled();

    expect(teams.cardsFor()).toHaveLength(1);
    expect(teams.lastCard().id).toBe(picker.id);
    expect(teams.lastCard().text).toMatch(/Lee (Gu|Parker)/);
    expect(teams.sandbox.stats().calls).toBe(1);
  });

  it('of a double click on one choice asks Graph once and ends on one card', async () => {
    await teams.say('alex', 'provision lee to Salesforce');
    await teams.settled();
    const picker = teams.lastCard();
    const data = picker.buttons[0]?.data;

    await Promise.all([teams.click('alex', picker.id, data), teams.click('alex', picker.id, data)]);
    await teams.settled();

    expect(teams.sandbox.stats().calls).toBe(1);
    expect(teams.cardsFor()).toHaveLength(1);
    expect(teams.lastCard().text).toContain('Account created');
  });
});

describe('an invoke', () => {
  const invoke = (name: string, data: unknown, change: Record<string, unknown> = {}) => ({
    ...teams.message('alex', ''),
    type: 'invoke',
    name,
    value: { action: { type: 'Action.Execute', data }, trigger: 'manual' },
    ...change,
  });
  const answerTo = async (activity: unknown) => {
    const { status, body } = await exchangeActivity(teams.endpoint, activity);
    return { status, body: JSON.parse(body) };
  };
  const message = 'application/vnd.microsoft.activity.message';
  const card = 'application/vnd.microsoft.card.adaptive';

  it('that makes a request gets its card in the response, and once more for all to see', async () => {
    const run = invoke('adaptiveCard/action', { verb: 'run', text: 'provision isaiah to Salesforce' });

    const { status, body } = await answerTo(run);
    await teams.settled();

    expect(status).toBe(200);
    expect(body).toMatchObject({ statusCode: 200, type: card, value: { type: 'AdaptiveCard' } });
    expect(cardAsText(body.value)).toContain('Isaiah Langer');
    expect(teams.cardsFor()).toHaveLength(1);
    expect(teams.lastCard().text).toContain('Account created');
  });

  it('that comes five times runs once, and each of them gets the card', async () => {
    const run = invoke('adaptiveCard/action', { verb: 'run', text: 'provision isaiah to Salesforce' });

    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => answerTo(run)));
    await teams.settled();

    expect(answers.map(({ status, body }) => [status, body.type])).toEqual(Array(5).fill([200, card]));
    expect(teams.sandbox.stats().calls).toBe(1);
  });

  it('that is refused gets the reason in a sentence, and nothing is posted', async () => {
    const retry = invoke('adaptiveCard/action', { verb: 'retry', requestId: 'NONE99' });

    const { status, body } = await answerTo(retry);
    await teams.settled();

    expect(status).toBe(200);
    expect(body).toMatchObject({ statusCode: 200, type: message });
    expect(body.value).toMatch(/\w+ .*\.$/);
    expect(posts()).toEqual([]);
  });

  it.each([[{ verb: 'explode' }], [null], ['text'], [{ verb: 'approve', requestId: { $ne: null } }]])(
    'with the data %j gets the answer that Usher does not know the button',
    async (data) => {
      const { status, body } = await answerTo(invoke('adaptiveCard/action', data));
      await teams.settled();

      expect(status).toBe(200);
      expect(body).toMatchObject({
        statusCode: 200,
        type: message,
        value: expect.stringContaining('does not know this button'),
      });
      expect(posts()).toEqual([]);
    },
  );

  it('from another tenant is turned away in a sentence', async () => {
    const foreign = invoke(
      'adaptiveCard/action',
      { verb: 'run', text: 'provision isaiah to Salesforce' },
      { channelData: { tenant: { id: 'elsewhere' } } },
    );

    const { status, body } = await answerTo(foreign);
    await teams.settled();

    expect(status).toBe(200);
    expect(body).toMatchObject({ type: message, value: expect.stringContaining('does not serve your organization') });
    expect(posts()).toEqual([]);
    expect(teams.sandbox.stats().calls).toBe(0);
  });

  it.each(['task/fetch', 'composeExtension/query', 'signin/verifyState', ''])(
    'of the kind "%s" is not implemented, and that is all',
    async (name) => {
      const status = await teams.send(invoke(name, { verb: 'run', text: 'whoami' }));
      await teams.settled();

      expect(status).toBe(501);
      expect(posts()).toEqual([]);
    },
  );
});

describe('an installation', () => {
  const installation = (action: string) => ({ ...teams.message('alex', ''), type: 'installationUpdate', action });

  it('is greeted with what the person may do', async () => {
    const status = await teams.send(installation('add'));

    expect(status).toBe(200);
    expect(posts()).toHaveLength(1);
    expect(teams.lastCard().text).toContain('Hello Alex, this is Usher');
    expect(teams.lastCard().text).toContain('[Provision a person] [Check a person] [Home]');
  });

  it.each(['remove', 'add-upgrade', 'remove-upgrade', ''])(
    'that says "%s" is no occasion for a greeting',
    async (action) => {
      const status = await teams.send(installation(action));
      await teams.settled();

      expect(status).toBe(200);
      expect(posts()).toEqual([]);
    },
  );

  it('is greeted without a name when Graph refuses to return it', async () => {
    teams.sandbox.failNext('/users', { kind: 'status', status: 403 });

    await teams.send(installation('add'));

    expect(teams.lastCard().text).toContain('Hello, this is Usher');
  });

  it('by a person of another tenant is turned away', async () => {
    await teams.send({ ...installation('add'), channelData: { tenant: { id: 'elsewhere' } } });

    expect(teams.lastCard().content).toBeNull();
    expect(teams.lastCard().text).toContain('does not serve your organization');
  });

  it('without a person is greeted too, and the greeting says nothing of any person’s roles', async () => {
    await teams.send({ ...installation('add'), from: { id: '29:administrator' } });

    expect(posts()).toHaveLength(1);
    expect(teams.lastCard().text).toContain('Hello, this is Usher');
    expect(teams.lastCard().text).not.toMatch(/no role|provision user/);
    expect(teams.sandbox.requests).toEqual([]);
    expect(await sinceStart()).toEqual([]);
  });

  it('that comes again and again is greeted once in its conversation', async () => {
    const same = installation('add');

    for (const activity of [
      same,
      same,
      ...Array(50)
        .fill(null)
        .map(() => installation('add')),
    ])
      await teams.send(activity);
    await teams.settled();

    expect(posts()).toHaveLength(1);
    expect(teams.sandbox.requests.length).toBeLessThan(10);
  });

  it('counts like a command', async () => {
    const strict = await startTestUsher({ environment: { COMMANDS_PER_MINUTE: '3' } });

    for (const id of ['a', 'b', 'c', 'd', 'e'])
      await strict.send({
        ...strict.message('alex', ''),
        ...{ type: 'installationUpdate', action: 'add' },
        conversation: { id, conversationType: 'groupChat', tenantId },
      });
    const greeted = strict.cardsFor().map(({ conversationId }) => conversationId);
    await strict.close();

    expect(greeted).toEqual(['a', 'b', 'c']);
  });

  it('does no harm when Teams does not accept the greeting', async () => {
    teams.connector.refuseNext('post', 403);

    const status = await teams.send(installation('add'));

    expect(status).toBe(200);
    expect(teams.logLines).toContainEqual(expect.objectContaining({ code: 'greeting_not_taken', status: 403 }));
  });
});

describe('an activity that asks nothing', () => {
  it.each([
    { type: 'conversationUpdate', membersAdded: [{ id: '28:usher' }, { id: '29:somebody' }] },
    { type: 'conversationUpdate', membersRemoved: [{ id: '29:somebody' }] },
    { type: 'messageReaction', reactionsAdded: [{ type: 'like' }] },
    { type: 'messageUpdate', text: 'provision adele to Salesforce' },
    { type: 'messageDelete' },
    { type: 'typing' },
    { type: 'event', name: 'application/vnd.microsoft.meetingStart' },
    { type: 'endOfConversation' },
    { type: 'of the future' },
  ])('gets no answer: %j', async (change) => {
    const status = await teams.send({ ...teams.message('alex', ''), ...change });
    await teams.settled();

    expect(status).toBe(200);
    expect(posts()).toEqual([]);
    expect(teams.sandbox.requests).toEqual([]);
  });
});

describe('a turn that throws', () => {
  /** Drops a table under Usher: a fault that no code expects. */
  const losesTable = (name: string) => {
    const database = new DatabaseSync(teams.databasePath);
    database.exec(`PRAGMA foreign_keys = OFF; DROP TABLE ${name}`);
    database.close();
  };
  const failures = () => teams.logLines.filter(({ code }) => code === 'turn_failed');

  it.each([
    ['in the middle of a command', 'tasks', 'provision isaiah to Salesforce'],
    ['before it began', 'turns', 'whoami'],
  ])('%s apologizes with a reference, which is in the log, and shows nothing else', async (_name, table, line) => {
    losesTable(table);

    const status = await teams.say('alex', line);
    await eventually(() => posts().length > 0);

    const { text, content } = teams.lastCard();
    expect(status).toBe(200);
    expect(text).toContain('Something went wrong');
    expect(failures()).toHaveLength(1);
    expect(text).toContain(String(failures()[0]?.reference));
    expect(JSON.stringify(content)).not.toMatch(/no such table|SQLITE|node_modules|\.ts|\bat /);
  });

  it.each<[string, ConnectorFault]>([
    ['does not take', { kind: 'status', status: 429 }],
    ['may not have', { kind: 'reset' }],
  ])('before it began is delivered again by Teams where Teams %s the apology', async (_what, fault) => {
    losesTable('turns');
    teams.connector.failBy(() => fault);

    const status = await teams.say('alex', 'whoami');

    expect(status).toBe(500);
    expect(posts()).toEqual([]);
  });

  it('by an invoke apologizes in the response', async () => {
    losesTable('tasks');
    const data = { verb: 'run', text: 'provision isaiah to Salesforce' };
    const value = { action: { type: 'Action.Execute', data } };
    const activity = { ...teams.message('alex', ''), type: 'invoke', name: 'adaptiveCard/action', value };

    const { status, body } = await exchangeActivity(teams.endpoint, activity);

    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({
      statusCode: 200,
      type: 'application/vnd.microsoft.activity.message',
      value: expect.stringContaining(String(failures()[0]?.reference)),
    });
    expect(body).not.toMatch(/no such table|SQLITE|node_modules|\.ts|\bat /);
  });
});

describe('people of another tenant', () => {
  const foreign = '5eed0000-0000-4000-8000-00000000dead';
  const stranger = (index: number) => ({
    ...teams.message('alex', 'provision isaiah to Salesforce'),
    from: { id: `29:${index}`, aadObjectId: `5eed0000-0000-4000-8000-${String(index).padStart(12, '0')}` },
    channelData: { tenant: { id: foreign } },
  });

  it('who write a hundred messages leave a handful of entries and get a handful of replies', async () => {
    for (let index = 0; index < 100; index += 1) await teams.send(stranger(index));
    await teams.settled();
    const during = await sinceStart();
    const answered = posts().length;
    await teams.usher.stop();

    const entries = await sinceStart();
    expect(answered).toBeGreaterThan(0);
    expect(answered).toBeLessThan(6);
    expect(during).toMatchObject([{ kind: 'turnedAway', details: { reason: 'tenant', tenant: foreign, count: 1 } }]);
    expect(entries.map(({ details }) => details.count)).toEqual([99, 1]);
    expect(teams.logLines.filter(({ code }) => code === 'turned_away')).toHaveLength(2);
    expect(teams.sandbox.requests).toEqual([]);
  });

  it('are counted one by one all the same', async () => {
    for (let index = 0; index < 10; index += 1) await teams.send(stranger(index));

    const metrics = await (await fetch(teams.endpoint.replace('/api/messages', '/metrics'))).text();

    expect(metrics).toContain('usher_turned_away_total{reason="tenant"} 10');
  });
});
