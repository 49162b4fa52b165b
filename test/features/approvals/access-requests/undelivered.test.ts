import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Identification } from '../../../../src/access/access.ts';
import { findKnownPeople, personalKey, rememberPerson } from '../../../../src/chat/known-people.ts';
import type { Database } from '../../../../src/db/database.ts';
import type { AccessRequest } from '../../../../src/features/approvals/access-requests/access-request.ts';
import {
  type ApprovalChannel,
  addApprovalChannel,
  listApprovalChannels,
} from '../../../../src/features/approvals/access-requests/approval-channels.ts';
import { finishRouting, remind } from '../../../../src/features/approvals/access-requests/due.ts';
import { type RoutingParts, routeAccess } from '../../../../src/features/approvals/access-requests/routing.ts';
import { act, findAccessRequest } from '../../../../src/features/approvals/access-requests/store.ts';
import { giveUpConversation } from '../../../../src/features/approvals/access-requests/undelivered.ts';
import { fetched } from '../../../../src/graph/answer.ts';
import type { AppMatch } from '../../../../src/graph/applications.ts';
import { notePost } from '../../../../src/outbox/message-store.ts';
import type { AccessParts } from '../../../../src/requests/access-parts.ts';
import { createTestClock, type TestClock } from '../../../support/clock.ts';
import { engines, useTestDatabase } from '../../../support/databases.ts';
import { readAudit } from '../../../support/read-audit.ts';
import { accessParts, approve, askAccess, dayMs, kindsOf, reader, takeDue, takeNotices } from './support.ts';

describe.each(engines)('a conversation that Teams refuses on $name', (engine) => {
  const place = useTestDatabase(engine);
  let database: Database;
  let clock: TestClock;
  let parts: AccessParts;

  beforeAll(async () => {
    clock = createTestClock();
    database = await place.open(clock);
    parts = accessParts(database, clock);
  });
  beforeEach(async () => {
    await place.empty();
    await rememberPerson(database, { personId: 'alex', conversation: 'alex chat', reader, seenAt: 1 });
  });

  const desk: ApprovalChannel = {
    key: 'desk',
    conversation: 'desk#1',
    reader,
    general: true,
    apps: [],
    addedBy: 'alex',
  };
  const board: ApprovalChannel = { ...desk, key: 'board', conversation: 'board' };
  const salesforce: AppMatch = {
    kind: 'one',
    app: {
      id: 'salesforce',
      appId: 'salesforce',
      displayName: 'Salesforce',
      enabled: true,
      aliases: [],
      approvers: [],
      assign: null,
    },
  };

  const approver = { tenantId: '', name: '', principalName: '', roles: ['approver'], memberOf: [] } as const;
  const whoIs = (id: string): Identification => ({ kind: 'caller', caller: { ...approver, id } });

  const routing = (found: AppMatch = salesforce): RoutingParts => ({
    store: parts,
    access: { identify: async ({ id }: { readonly id: string }) => whoIs(id) } as unknown as RoutingParts['access'],
    applications: { find: async () => fetched(found) } as unknown as RoutingParts['applications'],
    directory: { membersOf: async () => fetched(['alex', 'megan']) } as unknown as RoutingParts['directory'],
    approvers: ['approvers'],
  });
  /** Creates the access cards, and returns their conversations. */
  async function route(request: AccessRequest): Promise<string[]> {
    const routed = await routeAccess(routing(), request);
    if (routed.kind !== 'routed') throw new Error('it was not routed');
    await finishRouting(parts, request.id, routed.to);
    return routed.to.map(({ key }) => key);
  }
  const giveUp = ({ id }: AccessRequest, conversation: string, why: 'gone' | 'failed' = 'gone') =>
    giveUpConversation(parts, { reference: id, conversation }, why);

  it('is forgotten, and its cards go to the personal chats of the approvers', async () => {
    await addApprovalChannel(parts, desk);
    const request = await askAccess(parts);
    const first = await route(request);

    const isRouted = await giveUp(request, 'desk#1');
    const waiting = await findAccessRequest(database, request.id);
    await giveUp(request, 'desk#1');
    const second = await route(request);

    expect([first, isRouted, waiting?.routed, second]).toEqual([['desk'], true, false, [personalKey('alex')]]);
    expect(await listApprovalChannels(database)).toEqual([]);
    expect((await takeDue(parts)).map(({ conversation }) => conversation)).toEqual(['alex chat']);
    expect(await readAudit(database.query, 9)).toContainEqual(
      expect.objectContaining({ kind: 'placeRemoved', actorId: '', details: { place: 'desk', why: 'gone' } }),
    );
    expect((await kindsOf(parts)).filter((kind) => kind === 'accessNotShown')).toHaveLength(1);
  });

  it('leaves the request where it is as long as another approver has its card', async () => {
    await addApprovalChannel(parts, desk);
    await addApprovalChannel(parts, board);
    const request = await askAccess(parts);
    await route(request);

    expect([await giveUp(request, 'desk#2'), await giveUp(request, 'board')]).toEqual([false, true]);
  });

  it('has the requester told when no other approver is left, and told again when others should be reminded', async () => {
    const request = await askAccess(parts);
    await route(request);
    await giveUp(request, 'alex chat');

    const second = await route(request);
    const told = await takeNotices(parts);
    await clock.advance(3 * dayMs);
    await remind(parts, request.id);
    await rememberPerson(database, { personId: 'alex', conversation: 'a new chat', reader, seenAt: 2 });

    expect([second, told]).toEqual([[], ['megan chat: nobodyReached']]);
    expect(await findAccessRequest(database, request.id)).toMatchObject({ routed: false });
  });

  it('gets no more messages, though the request had a card there once', async () => {
    await addApprovalChannel(parts, desk);
    const request = await askAccess(parts);
    await route(request);
    const [card] = await takeDue(parts);
    await notePost(database.query, card?.id ?? '', { activityId: 'card', dueAt: null });

    await giveUp(request, 'desk#1');
    await route(request);
    await remind(parts, request.id);

    expect(await takeNotices(parts)).toEqual(['alex chat: reminder']);
    expect(await kindsOf(parts)).not.toContain('accessNotShown');
  });

  it('stays an approval channel where it only did not answer for a day, while a personal chat that is gone is forgotten', async () => {
    await addApprovalChannel(parts, desk);
    const request = await askAccess(parts);
    await route(request);

    await giveUp(request, 'desk#1', 'failed');
    const second = await route(request);
    await giveUp(request, 'alex chat');

    expect(second).toEqual([personalKey('alex')]);
    expect((await listApprovalChannels(database)).map(({ key }) => key)).toEqual(['desk']);
    expect(await findKnownPeople(database, ['alex'])).toEqual([]);
  });

  it('changes nothing of a request that is decided', async () => {
    const request = await askAccess(parts);
    await route(request);
    await act(parts, request.id, approve);

    expect(await giveUp(request, 'alex chat')).toBe(false);
  });

  it('does not count as an app that cannot be found: that request waits, and goes to no approver in the meantime', async () => {
    await addApprovalChannel(parts, desk);
    const request = await askAccess(parts);

    const routed = await routeAccess(routing({ kind: 'none', known: [] }), request);

    expect(routed.kind).toBe('later');
  });
});
