import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { RoleSource } from '../../../../src/access/caller.ts';
import type { Database } from '../../../../src/db/database.ts';
import { type AccessReview, reviewAccess } from '../../../../src/features/checks/reviewing/access-review.ts';
import type { Fetched } from '../../../../src/graph/answer.ts';
import type { DirectoryUser, Included } from '../../../../src/graph/directory.ts';
import { type AuditEntry, writeAudit } from '../../../../src/requests/audit-log.ts';
import { createTestClock } from '../../../support/clock.ts';
import { engines, useTestDatabase } from '../../../support/databases.ts';
import { seedAccess, seedRequest } from '../history/support.ts';

const dayMs = 24 * 60 * 60_000;

const user = (name: string, more: Partial<DirectoryUser> = {}): DirectoryUser => ({
  ...{ id: name.toUpperCase(), displayName: name, userPrincipalName: `${name}@contoso.com`, accountEnabled: true },
  ...{ userType: 'Member', jobTitle: null, department: null, ...more },
});
const group = (name: string, ...people: readonly DirectoryUser[]): Fetched<Included> => ({
  ok: true,
  value: { kind: 'group', name, people },
});
const refused: Fetched<Included> = {
  ok: false,
  trouble: {
    ...{ kind: 'refused', status: 403, code: 'Authorization_RequestDenied', message: '', retryAfterMs: null },
    trace: { requestId: null, clientRequestId: 'c' },
  } as Extract<Fetched<Included>, { ok: false }>['trouble'],
};

const operators: RoleSource = { role: 'operator', setting: 'OPERATORS', id: 'helpdesk' };
const approvers: RoleSource = { role: 'approver', setting: 'APPROVERS', id: 'helpdesk' };
const builtIn: RoleSource = { role: 'operator', setting: 'Entra', id: 'application-administrator' };

describe.each(engines)('the access review on $name', (engine) => {
  const place = useTestDatabase(engine);
  const clock = createTestClock();
  let database: Database;

  beforeAll(async () => {
    database = await place.open(clock);
  });
  beforeEach(() => place.empty());

  const review = (
    included: Readonly<Record<string, Fetched<Included>>> = {},
    sources: readonly RoleSource[] = [],
    most = 100,
  ): Promise<AccessReview> => {
    const none: Fetched<Included> = { ok: true, value: { kind: 'none', name: null, people: [] } };
    const directory = { includedBy: async (id: string) => included[id] ?? none };
    return reviewAccess({ directory, database, sources, clock }, most);
  };

  const decided = (kind: AuditEntry['kind'], actorId: string, details: AuditEntry['details'] = {}, daysAgo = 1) =>
    writeAudit(database.query, { at: clock.now() - daysAgo * dayMs, actorId, kind, requestId: null, details });

  /** An approved access request whose provisioning ended so. */
  async function given(id: string, subject: string, outcome: string, at = clock.now() - dayMs): Promise<void> {
    await seedRequest(database, `R${id}`, { at, tasks: [{ subject }] });
    await seedAccess(database, `A${id}`, { at, subject, state: 'finished', decidedBy: 'patti' });
    await database.query
      .updateTable('access_requests')
      .set({ request_id: `R${id}` })
      .where('id', '=', `A${id}`)
      .execute();
    await database.query
      .updateTable('tasks')
      .set({ state: 'done', outcome_kind: outcome, finished_at: at })
      .where('request_id', '=', `R${id}`)
      .execute();
  }

  it('says who holds which role and through what, each person once', async () => {
    const alex = user('alex');
    const included = { helpdesk: group('Helpdesk', alex, user('megan')), 'application-administrator': group('', alex) };

    const { people } = await review(included, [operators, approvers, builtIn]);

    expect(people.map(({ id, roles }) => [id, roles.map(({ role, through }) => [role, through.length])])).toEqual([
      [
        'alex',
        [
          ['operator', 2],
          ['approver', 1],
        ],
      ],
      [
        'megan',
        [
          ['operator', 1],
          ['approver', 1],
        ],
      ],
    ]);
    expect(people[0]?.roles[0]?.through[0]).toEqual({ ...operators, name: 'Helpdesk' });
  });

  it('says of whom Usher refuses the account, though a group gives the role', async () => {
    const guest = user('guest', { userType: 'Guest' });
    const helpdesk = group(
      'Helpdesk',
      guest,
      user('left', { accountEnabled: false }),
      user('unread', { accountEnabled: null }),
    );

    const { people } = await review({ helpdesk }, [operators]);

    expect(people.map(({ id, barred }) => [id, barred])).toEqual([
      ['guest', 'guest'],
      ['left', 'accountDisabled'],
      ['unread', 'accountUnread'],
    ]);
  });

  it('says what could not be read, with the code, and which settings give their role to no one', async () => {
    const { people, unread, empty } = await review({ helpdesk: refused }, [
      operators,
      approvers,
      builtIn,
      { role: 'viewer', setting: 'VIEWERS', id: 'gone' },
    ]);

    expect(people).toEqual([]);
    expect(unread).toEqual([operators, approvers].map((one) => ({ ...one, code: '403 Authorization_RequestDenied' })));
    expect(empty.map(({ id }) => id)).toEqual(['gone']);
  });

  it('counts the decisions of the last 90 days, those of second persons included', async () => {
    await decided('accessApproved', 'PATTI');
    await decided('accessApproved', 'PATTI');
    await decided('accessApproved', 'PATTI', {}, 91);
    await decided('accessDenied', 'PATTI');
    await decided('confirmed', 'PATTI', { tasks: 1, as: 'secondPerson' });
    await decided('confirmed', 'PATTI', { tasks: 500 });
    await decided('cancelled', 'PATTI', { tasks: 1, as: 'secondPerson' });
    await decided('repair', 'PATTI', { step: 'confirmed', as: 'secondPerson' });
    await decided('repair', 'PATTI', { step: 'rejected', as: 'secondPerson' });
    await decided('accessApproved', 'gone');

    const { deciders } = await review({ helpdesk: group('Helpdesk', user('patti')) }, [approvers]);

    expect(deciders).toEqual([
      { id: 'PATTI', name: 'patti', approved: 4, denied: 3, decidesStill: true },
      { id: 'gone', name: null, approved: 1, denied: 0, decidesStill: false },
    ]);
  });

  it('does not say that a person decides no longer where not everything could be read', async () => {
    await decided('accessApproved', 'patti');

    const { deciders } = await review({ helpdesk: refused }, [approvers]);

    expect(deciders).toMatchObject([{ id: 'patti', decidesStill: null }]);
  });

  it('lists what was approved and given without an end, the latest first, and not what came to nothing', async () => {
    await given('1', 'adele', 'created', clock.now() - 3 * dayMs);
    await given('2', 'isaiah', 'updated', clock.now() - dayMs);
    await given('3', 'diego', 'notInScope');

    const { withoutEnd } = await review();

    expect(withoutEnd).toMatchObject({
      given: [
        { personId: 'isaiah', requestId: 'R2', approvedBy: expect.stringContaining('patti') },
        { personId: 'adele' },
      ],
      isMore: false,
    });
  });

  it('leaves out what has an end, and what a proven removal took away since', async () => {
    await given('1', 'adele', 'created');
    await given('2', 'isaiah', 'created');
    await given('3', 'diego', 'created');
    const ends_at = clock.now() + dayMs;
    await database.query.updateTable('tasks').set({ ends_at }).where('request_id', '=', 'R1').execute();
    await seedRequest(database, 'R9', { at: clock.now(), tasks: [{ subject: 'isaiah' }] });
    await database.query
      .updateTable('tasks')
      .set({ state: 'done', outcome_kind: 'removed', finished_at: clock.now() })
      .where('request_id', '=', 'R9')
      .execute();

    const { withoutEnd } = await review();

    expect(withoutEnd.given.map(({ personId }) => personId)).toEqual(['diego']);
  });

  it('lists an assignment that Usher made for an operator, of whom no approver is named', async () => {
    await seedRequest(database, 'R1', { at: clock.now(), tasks: [{ subject: 'adele' }] });
    await database.query
      .updateTable('tasks')
      .set({ state: 'done', outcome_kind: 'created', finished_at: clock.now(), assign_role: 'User', assigning: 'made' })
      .where('request_id', '=', 'R1')
      .execute();

    const { withoutEnd } = await review();

    expect(withoutEnd.given).toMatchObject([{ personId: 'adele', approvedBy: null }]);
  });

  it('says that there is more than it lists', async () => {
    for (const id of ['1', '2', '3']) await given(id, `person ${id}`, 'created');

    const { withoutEnd } = await review({}, [], 2);

    expect(withoutEnd.given).toHaveLength(2);
    expect(withoutEnd.isMore).toBe(true);
  });
});
