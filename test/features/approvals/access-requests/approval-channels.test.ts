import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { findKnownPeople, rememberPerson } from '../../../../src/chat/known-people.ts';
import type { Database } from '../../../../src/db/database.ts';
import {
  type ApprovalChannel,
  addApprovalChannel,
  listApprovalChannels,
  removeShare,
} from '../../../../src/features/approvals/access-requests/approval-channels.ts';
import { createTestClock, type TestClock } from '../../../support/clock.ts';
import { engines, useTestDatabase } from '../../../support/databases.ts';
import { readAudit } from '../../../support/read-audit.ts';
import { reader } from './support.ts';

describe.each(engines)('approval channels on $name', (engine) => {
  const place = useTestDatabase(engine);
  let database: Database;
  let clock: TestClock;

  beforeAll(async () => {
    clock = createTestClock();
    database = await place.open(clock);
  });
  beforeEach(() => place.empty());

  const desk: ApprovalChannel = {
    key: 'desk',
    conversation: 'desk#1',
    reader,
    general: true,
    apps: [],
    addedBy: 'alex',
  };
  const board: ApprovalChannel = { ...desk, key: 'board', general: false, apps: ['salesforce', 'github'] };

  it('are kept in the order in which they were added last, for all approvers who have added them', async () => {
    const parts = { database, clock };
    await addApprovalChannel(parts, desk);
    await clock.advance(1);
    await addApprovalChannel(parts, board);
    await clock.advance(1);
    const lynne = { conversation: 'desk#2', general: false, apps: ['github'], addedBy: 'lynne' };
    await addApprovalChannel(parts, { ...desk, ...lynne });
    await addApprovalChannel(parts, { ...desk, ...lynne, apps: ['salesforce'], addedBy: 'johanna' });

    expect(await listApprovalChannels(database)).toMatchObject([
      board,
      { ...desk, ...lynne, general: true, apps: ['github', 'salesforce'], addedBy: 'johanna' },
    ]);
  });

  it('lose the share of an approver who stops them, and go with the last one; the audit log has by whom', async () => {
    const parts = { database, clock };
    await addApprovalChannel(parts, { ...board, general: true });
    const leave = (actorId: string, general: boolean, ...apps: string[]) =>
      removeShare(parts, 'board', { general, apps }, actorId);

    const stranger = await leave('patti', false, 'servicenow');
    const general = await leave('alex', true);
    const afterwards = await listApprovalChannels(database);
    const others = [await leave('lynne', false, 'github'), await leave('johanna', true, 'salesforce', 'github')];
    const none = await leave('johanna', true, 'salesforce');

    expect([stranger, general, ...others, none]).toEqual([
      'notTheirs',
      'shareRemoved',
      'shareRemoved',
      'removed',
      'unknown',
    ]);
    expect(afterwards).toMatchObject([board]);
    expect(await listApprovalChannels(database)).toEqual([]);
    expect((await readAudit(database.query, 9)).toReversed()).toMatchObject([
      { kind: 'placeAdded', actorId: 'alex', details: { place: 'board', general: true } },
      { kind: 'placeRemoved', actorId: 'alex', details: { place: 'board', general: true, apps: [] } },
      { kind: 'placeRemoved', actorId: 'lynne', details: { place: 'board', general: false, apps: ['github'] } },
      { kind: 'placeRemoved', actorId: 'johanna', details: { place: 'board', apps: ['salesforce'] } },
    ]);
  });

  it('include the personal chats of approvers who have written there, where they wrote last', async () => {
    const alex = { personId: 'alex', conversation: 'alex chat', reader };
    await rememberPerson(database, { ...alex, conversation: 'an older chat', seenAt: 1 });
    await rememberPerson(database, { ...alex, seenAt: 2 });
    await rememberPerson(database, { ...alex, personId: 'megan', seenAt: 3 });

    expect(await findKnownPeople(database, ['alex', 'patti'])).toEqual([alex]);
    expect(await findKnownPeople(database, [])).toEqual([]);
  });
});
