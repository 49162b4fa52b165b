import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Role } from '../../src/access/caller.ts';
import { fetched } from '../../src/graph/answer.ts';
import { createAuthority } from '../../src/requests/authority.ts';
import type { AssignmentStep } from '../../src/requests/request.ts';
import { accessSource } from '../../src/requests/store.ts';
import { createTestClock } from '../support/clock.ts';
import { sqliteEngine, useTestDatabase } from '../support/databases.ts';
import { ask, person, storeParts } from './support.ts';

describe('the person on whose word a task wants an app role to be assigned', () => {
  const place = useTestDatabase(sqliteEngine);
  const clock = createTestClock();
  let database: Awaited<ReturnType<typeof place.open>>;
  beforeAll(async () => {
    database = await place.open(clock);
  });
  beforeEach(() => place.empty());

  /** Whether patti, in this role, still may: the requester, alex, is not asked. */
  async function standing(role: Role | null, step: AssignmentStep, source = 'a click') {
    const store = storeParts(database, clock);
    const tasks = [{ subject: person('diego'), members: [], assignRole: 'User' }];
    const [task] = (await ask(store, [], { tasks })).tasks;
    if (task === undefined) throw new Error('there is no task');
    const authority = createAuthority({
      database,
      access: {
        async identify({ id }) {
          const roles = id === 'patti' && role !== null ? [role] : [];
          return { kind: 'caller', caller: { id, tenantId: '', name: id, principalName: id, roles, memberOf: [] } };
        },
      },
      synchronization: {
        findRule: async () => fetched({ id: 'rule', objectTypeName: 'User', source: 'activeDirectory' }),
      },
    });
    const assignment = { kind: 'assign', appRole: 'User', step } as const;
    return authority.of({
      task: { ...task, assignment },
      requestedById: 'alex',
      orderedBy: 'patti',
      source,
    });
  }

  it.each(['wanted', 'begun', 'unanswered'] as const)('has to be an operator still while it is %s', async (step) => {
    expect(await standing('operator', step)).toBe('may');
    expect(await standing('cloudSyncOperator', step)).toBe('mayNot');
    expect(await standing(null, step)).toBe('mayNot');
  });

  it('is the approval of an access request, also when another person retries it', async () => {
    expect(await standing('operator', 'wanted', `${accessSource}K3M7QA`)).toBe('mayNot');
    expect(await standing('operator', 'made', `${accessSource}K3M7QA`)).toBe('may');
  });

  it('needs no more than for any call once it is made', async () => {
    expect(await standing('cloudSyncOperator', 'made')).toBe('may');
    expect(await standing(null, 'made')).toBe('mayNot');
  });
});
