import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { people } from '../../src/sandbox/tenant/people.ts';
import { lint, readExposition } from '../support/exposition.ts';
import { startTestUsher, type TestUsher } from '../support/usher.ts';

const token = 'scrape-token-of-24-chars';

describe('the metrics after a morning at the help desk', () => {
  let teams: TestUsher;
  let text: string;

  beforeAll(async () => {
    teams = await startTestUsher();
    await teams.say('alex', 'provision isaiah to Salesforce');
    await teams.say('johanna', 'provision isaiah to Salesforce');
    await teams.send({ ...teams.message('alex', 'apps'), channelId: 'webchat' });
    await teams.settled();
    const response = await fetch(new URL('/metrics', teams.endpoint));
    text = await response.text();
  });
  afterAll(() => teams.close());

  const metric = (name: string, labels: Readonly<Record<string, string>> = {}) =>
    readExposition(text)
      .flatMap(({ samples }) => samples)
      .find(
        (sample) =>
          sample.name === `usher_${name}` &&
          Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
      )?.value;

  it('keep to the format and to the conventions for names', () => {
    expect(lint(text, 'usher_')).toEqual([]);
  });

  it('count what was done', () => {
    expect(metric('requests_total', { kind: 'person' })).toBe(1);
    expect(metric('tasks_total', { outcome: 'created', app: 'Salesforce' })).toBe(1);
    expect(metric('task_run_seconds_count')).toBe(1);
    expect(metric('task_wait_seconds_count')).toBe(1);
    expect(metric('gate_grants_total')).toBe(1);
    expect(metric('gate_throttled_total')).toBe(0);
    expect(metric('teams_messages_total', { kind: 'post', result: 'done' })).toBeGreaterThanOrEqual(2);
    expect(metric('denials_total')).toBe(1);
    expect(metric('turned_away_total', { reason: 'channel' })).toBe(1);
    const onDemand = '/servicePrincipals/{id}/synchronization/jobs/{id}/provisionOnDemand';
    expect(metric('graph_request_duration_seconds_count', { endpoint: onDemand, status: '200' })).toBe(1);
  });

  it('show the present state', () => {
    expect(metric('ready', { check: 'database' })).toBe(1);
    expect(metric('ready', { check: 'graph' })).toBe(1);
    expect(metric('gate_blocked')).toBe(0);
    expect(metric('gate_slots_left')).toBeLessThanOrEqual(5);
    expect(metric('queue_tasks', { state: 'waiting', lane: 'interactive' })).toBe(0);
    expect(metric('access_requests', { state: 'pending' })).toBe(0);
  });

  it('name no person', () => {
    const names = Object.values(people).flatMap(({ displayName, id }) => [...displayName.split(' '), id]);

    expect(names.filter((name) => new RegExp(`\\b${name}\\b`, 'i').test(text))).toEqual([]);
    expect(text).not.toMatch(/contoso|5eed0000|[0-9a-f]{8}-[0-9a-f]{4}/i);
  });
});

describe('the metrics of an Usher', () => {
  it.each([
    [{}, {}, 200],
    [{ METRICS: 'off' }, {}, 404],
    [{ METRICS_TOKEN: token }, {}, 401],
    [{ METRICS_TOKEN: token }, { authorization: `Bearer ${token}` }, 200],
  ] as [Record<string, string>, Record<string, string>, number][])(
    'configured by %j are answered to %j with %d',
    async (environment, headers, status) => {
      const teams = await startTestUsher({ environment });

      const response = await fetch(new URL('/metrics', teams.endpoint), { headers });

      expect(response.status).toBe(status);
      await teams.close();
    },
  );
});
