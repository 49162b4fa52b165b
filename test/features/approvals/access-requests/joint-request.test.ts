import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Database } from '../../../../src/db/database.ts';
import { enqueueAccessCards } from '../../../../src/features/approvals/access-requests/access-cards.ts';
import type { AccessRequest } from '../../../../src/features/approvals/access-requests/access-request.ts';
import { actOnAll } from '../../../../src/features/approvals/access-requests/acting.ts';
import {
  claimDue,
  dueActionOf,
  finishRouting,
  remind,
} from '../../../../src/features/approvals/access-requests/due.ts';
import {
  createJointRequest,
  findJoint,
  type NewJointRequest,
} from '../../../../src/features/approvals/access-requests/joint-request.ts';
import { act, mostOpen } from '../../../../src/features/approvals/access-requests/store.ts';
import { giveUpConversation } from '../../../../src/features/approvals/access-requests/undelivered.ts';
import type { AccessParts } from '../../../../src/requests/access-parts.ts';
import { createTestClock, type TestClock } from '../../../support/clock.ts';
import { engines, useTestDatabase } from '../../../support/databases.ts';
import { propertyRuns } from '../../../support/property-runs.ts';
import { readAudit } from '../../../support/read-audit.ts';
import { accessParts, approve, cancel, dayMs, deny, megan, reader, takeNotices, wantedAccess } from './support.ts';

const patti = { id: 'patti', name: 'Patti Fernandez' };
const approveBy = { alex: approve, patti: { ...approve, by: patti, from: { conversation: 'patti chat', reader } } };
const denyBy = { alex: deny, patti: { ...deny, by: patti, from: { conversation: 'patti chat', reader } } };
const apps = [
  { app: { id: 'salesforce', name: 'Salesforce' }, deciders: 'patti' },
  { app: { id: 'serviceNow', name: 'ServiceNow' }, deciders: '' },
  { app: { id: 'gitHub', name: 'GitHub Enterprise' }, deciders: '' },
];
const people = ['isaiah', 'diego'].map((id) => ({ id, name: id, label: `${id}@contoso.com` }));

function wanted(more: Partial<NewJointRequest> = {}): NewJointRequest {
  const { subject: _, app: __, ...common } = wantedAccess();
  const lines = people.flatMap((subject) => apps.map((one) => ({ subject, ...one })));
  return { ...common, lines, leftOut: [], whole: false, ...more };
}

describe.each(engines)('a joint request on $name', (engine) => {
  const place = useTestDatabase(engine);
  let database: Database;
  let clock: TestClock;
  let parts: AccessParts;

  beforeAll(async () => {
    clock = createTestClock();
    database = await place.open(clock);
  });
  beforeEach(async () => {
    await place.empty();
    parts = accessParts(database, clock);
  });

  async function made(more: Partial<NewJointRequest> = {}): Promise<string> {
    const creation = await createJointRequest(parts, wanted(more));
    if (creation.kind !== 'created') throw new Error(`nothing was made: ${creation.kind}`);
    return creation.jointId;
  }
  async function linesOf(id: string): Promise<readonly AccessRequest[]> {
    return (await findJoint(database, id))?.lines ?? [];
  }
  const states = async (id: string) => (await linesOf(id)).map(({ state }) => state.kind);
  const ofGroup = async (id: string, group: number) =>
    (await linesOf(id)).filter(({ joint }) => joint?.group === `${id}.${group}`).map((line) => line.id);
  async function dueActions(): Promise<string[]> {
    const rows = await claimDue(parts, { owner: 'test', until: clock.now() + 1 }, 100);
    return rows.map((row) => `${row.subject_id} ${row.app_id} ${dueActionOf(row, clock.now())}`).toSorted();
  }

  it('is made once for one source, in the order in which people and apps were named', async () => {
    const first = wanted();
    const one = await createJointRequest(parts, first);
    const again = await createJointRequest(parts, first);

    expect(again).toEqual({ kind: 'same', jointId: 'jointId' in one ? one.jointId : '' });
    const lines = await linesOf('jointId' in one ? one.jointId : '');
    expect(lines.map(({ subject, app }) => `${subject.id} ${app.id}`)).toEqual(
      people.flatMap(({ id }) => apps.map(({ app }) => `${id} ${app.id}`)),
    );
    expect(new Set(lines.map(({ joint }) => joint?.group)).size).toBe(2);
  });

  it('leaves out what has an open request, and is not made where all have one', async () => {
    await made({
      lines: [{ subject: people[0] ?? megan, ...(apps[0] ?? { app: { id: '', name: '' }, deciders: '' }) }] as never,
    });

    const id = await made();
    const again = await createJointRequest(parts, wanted());

    const joint = await findJoint(database, id);
    expect(joint?.lines).toHaveLength(5);
    expect(joint?.leftOut).toEqual([{ text: 'isaiah · Salesforce', reason: 'alreadyAsked', suggestions: [] }]);
    expect(again.kind).toBe('allOpen');
  });

  it('counts once against the number of open requests of its requester', async () => {
    for (let count = 0; count < mostOpen; count += 1)
      await made({
        lines: wanted().lines.map((line) => ({ ...line, app: { id: `app${count}${line.app.id}`, name: 'x' } })),
      });

    const refused = await createJointRequest(parts, wanted());

    expect(refused).toEqual({ kind: 'tooMany', open: mostOpen });
  });

  it('has one of each group shown to the approvers, and one reminder for each group', async () => {
    const id = await made();
    expect(await dueActions()).toEqual(['isaiah salesforce route', 'isaiah serviceNow route']);

    for (const group of [1, 2]) {
      const [first = ''] = await ofGroup(id, group);
      const to = [{ key: `desk${group}`, conversation: `desk${group}#1`, reader }];
      expect(await finishRouting(parts, first, to)).toBe(true);
      expect(await finishRouting(parts, first, to)).toBe(false);
    }
    const cards = await database.query.selectFrom('messages').select(['reference', 'audience']).execute();
    expect(cards.map(({ reference }) => reference).toSorted()).toEqual([`${id}.1`, `${id}.2`]);
    for (const { id: line } of await linesOf(id)) await remind(parts, line);

    expect((await takeNotices(parts)).filter((notice) => notice.endsWith('reminder'))).toHaveLength(2);
  });

  it('has the group shown by another of it, once the first was decided unseen or was refused everywhere', async () => {
    const id = await made();
    const [first = '', second = ''] = await ofGroup(id, 1);
    await act(parts, first, approveBy.patti);
    const lines = await linesOf(id);
    expect(lines.find((line) => line.id === second)?.routed).toBe(false);

    await finishRouting(parts, second, [{ key: 'desk', conversation: 'desk#1', reader }]);
    expect((await linesOf(id)).find((line) => line.id === second)?.routed).toBe(true);
    await giveUpConversation(parts, { reference: `${id}.1`, conversation: 'desk#1' }, 'gone');

    expect((await linesOf(id)).find((line) => line.id === second)?.routed).toBe(false);
  });

  it('bumps what its common cards show with each change of a line or of its provisioning request', async () => {
    const id = await made();
    await database.transact((transaction) =>
      enqueueAccessCards(
        transaction,
        [id, `${id}.1`, `${id}.2`].map((accessRequestId) => ({
          accessRequestId,
          source: accessRequestId,
          conversation: 'x',
          reader,
          audience: 'approvers' as const,
        })),
        clock.now(),
      ),
    );
    const revisions = async () =>
      (
        await database.query
          .selectFrom('messages')
          .select(['reference', 'latest_revision'])
          .where('kind', '=', 'access')
          .execute()
      ).map(({ latest_revision }) => latest_revision ?? 0);
    const before = await revisions();

    await act(parts, (await ofGroup(id, 2))[0] ?? '', approveBy.alex);

    const after = await revisions();
    expect(after).toHaveLength(3);
    for (const [index, revision] of after.entries()) expect(revision).toBeGreaterThan(before[index] ?? 0);
  });

  it('tells of each decision once, and of its end once', async () => {
    const id = await made();

    await actOnAll(parts, await ofGroup(id, 2), approveBy.alex);
    expect(await takeNotices(parts)).toEqual(['megan chat: jointDecided']);
    await actOnAll(parts, await ofGroup(id, 1), denyBy.patti);
    expect(await takeNotices(parts)).toEqual(['megan chat: jointDecided']);
    const requested = await ofGroup(id, 2);
    await actOnAll(parts, requested, { kind: 'lapse', why: 'appGone' });

    expect((await takeNotices(parts)).toSorted()).toEqual([
      'alex chat: jointEnded',
      'megan chat: jointEnded',
      'patti chat: jointEnded',
    ]);
  });

  it('in any order of decisions, at once, twice and too late: each line ends once, and all or none is kept', async () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constantFrom('approve' as const, 'deny' as const),
        by: fc.constantFrom('alex' as const, 'patti' as const),
        lines: fc.subarray([0, 1, 2, 3, 4, 5], { minLength: 1 }),
        twice: fc.boolean(),
      }),
      fc.record({ kind: fc.constant('cancel' as const), lines: fc.subarray([0, 1, 2, 3, 4, 5], { minLength: 1 }) }),
      fc.record({ kind: fc.constant('later' as const), days: fc.integer({ min: 1, max: 8 }) }),
      fc.record({ kind: fc.constant('start' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.array(step, { minLength: 1, maxLength: 8 }), async (whole, steps) => {
        await place.empty();
        const id = await made({ whole });
        const ids = (await linesOf(id)).map((line) => line.id);
        let wasOver = false;
        for (const one of steps) {
          const before = await states(id);
          if (one.kind === 'later') {
            await clock.advance(one.days * dayMs);
            await Promise.all(ids.map((line) => act(parts, line, { kind: 'expire' })));
          } else if (one.kind === 'cancel') {
            await actOnAll(
              parts,
              one.lines.map((index) => ids[index] ?? ''),
              cancel,
            );
          } else if (one.kind === 'start') {
            const due = await claimDue(parts, { owner: 'test', until: clock.now() + 1 }, 100);
            const starting = due.filter((row) => dueActionOf(row, clock.now()) === 'start');
            if (whole && starting.length > 0) expect(new Set(before)).toEqual(new Set(['approved']));
          } else {
            const action = (one.kind === 'approve' ? approveBy : denyBy)[one.by];
            const lines = one.lines.map((index) => ids[index] ?? '');
            // The other approver decides the opposite at the same moment.
            const other = one.kind === 'approve' ? denyBy.alex : approveBy.patti;
            await Promise.all([
              actOnAll(parts, lines, action),
              ...(one.twice ? [actOnAll(parts, lines, action), actOnAll(parts, lines, other)] : []),
            ]);
          }
          const after = await states(id);
          for (const [index, state] of after.entries()) {
            const was = before[index];
            if (was === 'denied' || was === 'expired' || was === 'cancelled' || was === 'lapsed')
              expect(state).toBe(was);
          }
          const broken = after.some((state) => state === 'denied' || state === 'expired' || state === 'cancelled');
          if (whole && broken)
            for (const state of after) expect(['denied', 'expired', 'cancelled', 'lapsed']).toContain(state);
          const isOver = after.every((state) => state !== 'pending' && state !== 'approved');
          const ended = (await takeNotices(parts)).filter((notice) => notice.endsWith('jointEnded'));
          const isTold = after.some((state) => state !== 'denied');
          if (isOver && !wasOver && isTold && one.kind !== 'cancel') expect(ended).toContain('megan chat: jointEnded');
          else expect(ended.length === 0 || (isOver && !wasOver)).toBe(true);
          expect(new Set(ended).size).toBe(ended.length);
          wasOver = isOver;
        }
        const entries = (await readAudit(database.query, 1000)).filter(({ kind }) =>
          ['accessDenied', 'accessExpired', 'accessCancelled', 'accessLapsed'].includes(kind),
        );
        for (const line of ids) expect(entries.filter(({ requestId }) => requestId === line).length).toBeLessThan(2);
      }),
      { numRuns: propertyRuns(60) },
    );
  }, 120_000);
});
