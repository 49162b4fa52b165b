import { afterEach, describe, expect, it } from '@jest/globals';
import type { Subject } from '../../src/requests/request.ts';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import { groups } from '../../src/sandbox/tenant/groups.ts';
import { engines, useTestDatabase } from '../support/databases.ts';
import { openScene, type Scene } from './scene.ts';

describe.each(engines)('a group in several calls on $name', (engine) => {
  const place = useTestDatabase(engine);
  let scene: Scene;

  afterEach(() => scene.close());

  it('is sent once for each five members, with its members, and each call has its outcome', async () => {
    scene = await openScene({ place, limits: { limit: 50, windowMs: 1_000, guardMs: 0 } });
    const { id, displayName, memberIds } = groups.salesTeam;
    const team: Subject = { id, type: 'Group', name: displayName, label: null };
    const members = memberIds.map((member): Subject => ({ id: member, type: 'User', name: member, label: null }));
    const tasks = [0, 5, 10].map((from) => ({ subject: team, members: members.slice(from, from + 5) }));
    const request = await scene.ask([], apps.gitHubEnterprise, { lane: 'bulk', tasks });

    scene.start();
    await scene.settled();

    const settled = await scene.tasksOf(request);
    expect(settled.map(({ state }) => state.kind === 'done' && state.outcome.kind)).not.toContain('refused');
    expect(settled.map(({ members: { length } }) => length)).toEqual([5, 5, 2]);
    const bodies = scene.sandbox.requests.filter(({ method }) => method === 'POST').map(({ body }) => body);
    expect(bodies).toHaveLength(3);
    expect(JSON.stringify(bodies).match(/"links"/g)).toHaveLength(3);
    for (const member of memberIds) expect(JSON.stringify(bodies).split(member)).toHaveLength(2);
  });
});
