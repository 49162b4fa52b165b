import { describe, expect, it } from '@jest/globals';
import { createBus } from '../src/bus.ts';
import { createLog } from '../src/log.ts';

describe('the bus', () => {
  it('passes news to all subscribers of its topic, and to no others', () => {
    const bus = createBus(createLog('silent'));
    const heard: string[] = [];
    bus.subscribe('access', (id) => heard.push(`cards ${id}`));
    bus.subscribe('access', (id) => heard.push(`scheduler ${id}`));
    bus.subscribe('tasks', () => heard.push('dispatcher'));

    bus.publish('access', 'R7K3MQ');

    expect(heard).toEqual(['cards R7K3MQ', 'scheduler R7K3MQ']);
  });

  it('keeps the error of a subscriber from the publisher and from the other subscribers', () => {
    const codes: unknown[] = [];
    const bus = createBus(createLog('info', { write: (line) => void codes.push(JSON.parse(line).code) }));
    let hasHeard = false;
    bus.subscribe('tasks', () => {
      throw new Error('it cannot be woken');
    });
    bus.subscribe('tasks', () => {
      hasHeard = true;
    });

    bus.publish('tasks', null);

    expect([hasHeard, codes]).toEqual([true, ['change_unheard']]);
  });
});
