import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type AskingParts, mayAskFor, mayAskForKit } from '../../src/access/asking.ts';
import type { Caller, Role } from '../../src/access/caller.ts';
import { createDirectory } from '../../src/graph/directory.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { type Bench, startBench } from '../graph/support.ts';

let bench: Bench;
let parts: AskingParts;

beforeEach(async () => {
  bench = await startBench();
  parts = { directory: createDirectory(bench.graph), requestFor: 'reports' };
});

afterEach(() => bench.close());

function callerAs(person: { readonly id: string }, ...roles: readonly Role[]): Caller {
  return { id: person.id, tenantId: 'a tenant', name: 'Somebody', principalName: 'x@contoso.com', roles, memberOf: [] };
}

describe('asking for access', () => {
  it('is allowed to a requester for their own report', async () => {
    expect(await mayAskFor(parts, callerAs(people.megan, 'requester'), people.isaiah.id)).toEqual({
      ok: true,
      value: 'may',
    });
  });

  it('is allowed whatever the case of the requester’s id', async () => {
    const shouted = callerAs({ id: people.patti.id.toUpperCase() }, 'requester');

    expect(await mayAskFor(parts, shouted, people.megan.id)).toEqual({ ok: true, value: 'may' });
  });

  it.each([
    ['a report of another manager', people.grady],
    ['their own manager', people.patti],
    ['themselves', people.megan],
    ['a report’s report, as Patti’s is Megan’s', people.alex],
  ])('is denied to a requester for %s', async (_who, subject) => {
    expect(await mayAskFor(parts, callerAs(people.megan, 'requester'), subject.id)).toEqual({
      ok: true,
      value: 'notTheirReport',
    });
  });

  it('follows the manager that Entra names now', async () => {
    bench.sandbox.tenant.changePerson(people.isaiah.id, { managerId: people.patti.id });

    expect(await mayAskFor(parts, callerAs(people.megan, 'requester'), people.isaiah.id)).toEqual({
      ok: true,
      value: 'notTheirReport',
    });
  });

  it('is allowed to a requester for every person where the configuration says so, without a call to Graph', async () => {
    const anyone: AskingParts = { ...parts, requestFor: 'anyone' };

    expect(await mayAskFor(anyone, callerAs(people.megan, 'requester'), people.grady.id)).toEqual({
      ok: true,
      value: 'may',
    });
    expect(bench.sandbox.requests).toHaveLength(0);
  });

  it('is allowed to an operator for every person', async () => {
    expect(await mayAskFor(parts, callerAs(people.alex, 'operator'), people.grady.id)).toEqual({
      ok: true,
      value: 'may',
    });
  });

  it.each<[Role[]]>([[[]], [['viewer']], [['approver']], [['appApprover', 'cloudSyncOperator']]])(
    'is denied to a caller with no more than %j, even for a report',
    async (roles) => {
      const anyone: AskingParts = { ...parts, requestFor: 'anyone' };

      expect(await mayAskFor(anyone, callerAs(people.megan, ...roles), people.isaiah.id)).toEqual({
        ok: true,
        value: 'role',
      });
    },
  );

  it('is neither allowed nor denied when the manager cannot be read', async () => {
    bench.sandbox.failNext(/manager$/, { kind: 'status', status: 403 });

    expect(await mayAskFor(parts, callerAs(people.megan, 'requester'), people.isaiah.id)).toMatchObject({
      ok: false,
      trouble: { status: 403 },
    });
  });
});

describe('asking for a kit', () => {
  const group = '5eed0000-0000-4000-8000-0000000000a1';
  const of = (...ids: readonly string[]) => ({ ask: ids });
  const megan = callerAs(people.megan, 'requester');

  it('is allowed to all who may ask where the kit names none of them', () => {
    expect(mayAskForKit(megan, { ask: null })).toBe(true);
    expect(mayAskForKit(callerAs(people.lynne, 'viewer'), { ask: null })).toBe(false);
  });

  it('is allowed to a requester whom the kit names, by a group or by the own id', () => {
    expect(mayAskForKit({ ...megan, memberOf: [group] }, of('another', group))).toBe(true);
    expect(mayAskForKit({ ...megan, memberOf: [people.megan.id] }, of(people.megan.id))).toBe(true);
    expect(mayAskForKit({ ...megan, memberOf: [group] }, of('another'))).toBe(false);
  });

  it('is allowed to an operator, and not to a viewer whom the kit names', () => {
    expect(mayAskForKit(callerAs(people.alex, 'operator'), of(group))).toBe(true);
    expect(mayAskForKit({ ...callerAs(people.lynne, 'viewer'), memberOf: [group] }, of(group))).toBe(false);
  });
});
