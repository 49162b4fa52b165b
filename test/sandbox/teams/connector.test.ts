import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type Absence,
  type Connector,
  type ConnectorFault,
  startConnector,
} from '../../../src/sandbox/teams/connector.ts';
import { people } from '../../../src/sandbox/tenant/people.ts';
import { eventually } from '../../support/eventually.ts';

let connector: Connector;
beforeEach(async () => {
  connector = await startConnector();
});
afterEach(() => connector.close());

const post = (text: string) =>
  fetch(`${connector.serviceUrl}/v3/conversations/c/activities`, { method: 'POST', body: JSON.stringify({ text }) });
const roster = (path: string) => fetch(`${connector.serviceUrl}/v3/conversations/c/${path}`);
const answered = async (asked: Promise<Response>) => {
  const response = await asked.catch(() => null);
  return response === null ? 'broken' : `${response.status} ${await response.text()}`;
};

describe('a fault of the connector', () => {
  it.each<[string, ConnectorFault, RegExp, 'seen' | 'lost' | 'refused']>([
    ['504 though delivered', { kind: 'status', status: 504, delivered: true }, /^504/, 'seen'],
    ['502 undelivered', { kind: 'status', status: 502 }, /^502/, 'lost'],
    ['429', { kind: 'status', status: 429 }, /^429/, 'refused'],
    ['403', { kind: 'status', status: 403, code: 'MessageWritesBlocked' }, /^403 .*MessageWritesBlocked/, 'refused'],
    ['a reset though delivered', { kind: 'reset', delivered: true }, /^broken/, 'seen'],
    ['a reset undelivered', { kind: 'reset' }, /^broken/, 'lost'],
    ['202 without a body', { kind: 'accepted', body: 'empty' }, /^202 $/, 'seen'],
    ['202 without an id', { kind: 'accepted', body: 'withoutId' }, /^202 \{\}$/, 'seen'],
  ])('is told once: %s', async (_name, fault, answer, truth) => {
    connector.failNext('post', fault);

    const first = await answered(post('one'));
    const second = await answered(post('two'));

    expect(first).toMatch(answer);
    expect(second).toMatch(/^201 .*card-/);
    const texts = (exchanges: readonly { activity: object }[]) => exchanges.map(({ activity }) => activity);
    expect(texts(connector.deliveries)).toEqual(
      truth === 'seen' ? [{ text: 'one' }, { text: 'two' }] : [{ text: 'two' }],
    );
    expect(texts(connector.lost)).toEqual(truth === 'lost' ? [{ text: 'one' }] : []);
    expect(connector.deliveries.map(({ isOpen }) => isOpen)).toEqual(truth === 'seen' ? [true, false] : [false]);
  });

  it('waits for what it is to strike, and names when to come again', async () => {
    connector.failNext('post', { kind: 'status', status: 429, headers: { 'retry-after': '7' } }, /two/);

    const [one, two] = [await post('one'), await post('two')];

    expect(one.status).toBe(201);
    expect([two.status, two.headers.get('retry-after')]).toEqual([429, '7']);
  });

  it('may be an answer that comes late, to what is seen at once', async () => {
    connector.failNext('post', { kind: 'slow', ms: 100 });

    const started = performance.now();
    const posting = post('slow');
    await connector.waitFor(() => true);
    const seenMs = performance.now() - started;
    await posting;

    expect(seenMs).toBeLessThan(performance.now() - started - 20);
  });
});

describe('a connector that is away', () => {
  it.each<[Absence, RegExp, number]>([
    ['refused', /^broken/, 0],
    ['reset', /^broken/, 1],
    ['unavailable', /^503/, 1],
  ])('(%s) takes and answers nothing, and is back afterwards', async (how, answer, lost) => {
    await post('before');

    const absence = connector.away(100, how);
    const meanwhile = [await answered(post('meanwhile')), await answered(roster('members'))];
    await absence;
    const afterwards = await post('afterwards');

    expect(meanwhile).toEqual([expect.stringMatching(answer), expect.stringMatching(answer)]);
    expect(afterwards.status).toBe(201);
    expect(connector.deliveries).toHaveLength(2);
    expect(connector.lost).toHaveLength(lost);
  });
});

describe('a connector that goes away before it has answered', () => {
  it('leaves open whether what it delivered has arrived', async () => {
    await post('before');
    connector.failBy(() => ({ kind: 'slow', ms: 200 }));
    const posting = answered(post('in the middle'));
    await eventually(() => connector.deliveries.length === 2);

    await connector.away(20, 'refused');

    expect(await posting).toBe('broken');
    await eventually(() => connector.deliveries[1]?.isOpen === true);
    expect(connector.deliveries.map(({ isOpen }) => isOpen)).toEqual([false, true]);
  });
});

describe('the roster', () => {
  it('is read whole, by the page, or one by one', async () => {
    const alex = `29:${people.alex.id}`;

    const whole = await (await roster('members')).json();
    const page = await (await roster('pagedmembers?pageSize=1')).json();
    const one = await (await roster(`members/${alex}`)).json();
    const nobody = await roster('members/29:nobody');

    expect(whole).toContainEqual(one);
    expect(page).toMatchObject({ members: [expect.anything()] });
    expect(one).toMatchObject({ id: alex, name: people.alex.displayName });
    expect(nobody.status).toBe(404);
  });
});
