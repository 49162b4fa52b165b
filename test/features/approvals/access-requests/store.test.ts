import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Database } from '../../../../src/db/database.ts';
import {
  act,
  createAccessRequest,
  findAccessRequest,
  findPending,
  mostOpen,
  recordRefusal,
} from '../../../../src/features/approvals/access-requests/store.ts';
import type { AccessParts } from '../../../../src/requests/access-parts.ts';
import { unusedId } from '../../../../src/requests/request-id.ts';
import { ask } from '../../../requests/support.ts';
import { createTestClock, type TestClock } from '../../../support/clock.ts';
import { engines, useTestDatabase } from '../../../support/databases.ts';
import { readAudit } from '../../../support/read-audit.ts';
import { accessParts, askAccess, cancel, dayMs, deny, kindsOf, megan, wantedAccess } from './support.ts';

describe.each(engines)('access requests on $name', (engine) => {
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

  const subject = (id: string) => ({ id, name: id, label: null });

  it('may be made so often in a day, including the withdrawn ones', async () => {
    const strict = { ...parts, approvals: { ...parts.approvals, requestsPerDay: 5 } };
    const ask = () => createAccessRequest(strict, wantedAccess());

    for (let made = 0; made < 5; made += 1) {
      const creation = await ask();
      if (creation.kind === 'created') await act(strict, creation.accessRequest.id, cancel);
    }
    const sixth = await ask();
    const others = await createAccessRequest(
      strict,
      wantedAccess({ requestedBy: { id: 'lynne', name: 'Lynne Robbins' } }),
    );
    await clock.advance(dayMs);
    const later = await createAccessRequest(strict, wantedAccess({ subject: subject('adele') }));

    expect(sixth).toEqual({ kind: 'tooManyToday', made: 5 });
    expect([others.kind, later.kind]).toEqual(['created', 'created']);
  });

  it('come back as they were stored, and wait for a decision', async () => {
    const startsAt = clock.now() + dayMs;
    const ticket = { number: 'INC0012345', url: 'https://contoso.example/INC0012345' };
    const { id } = await askAccess(parts, { startsAt, askedAs: 'provision', ticket });

    const { source: _source, ...asked } = wantedAccess({ startsAt, askedAs: 'provision', ticket });
    expect(await findAccessRequest(database, id)).toEqual({
      ...asked,
      id,
      assigning: null,
      awaiting: null,
      requestId: null,
      createdAt: clock.now(),
      expiresAt: clock.now() + 7 * dayMs,
      remindedAt: null,
      routed: false,
      heldUp: null,
      heldUpSince: null,
      revision: 1,
      state: { kind: 'pending' },
    });
    expect(await readAudit(database.query, 10)).toMatchObject([
      { kind: 'accessAsked', actorId: 'megan', requestId: id, details: { app: 'salesforce', subject: 'isaiah' } },
    ]);
  });

  it('are made once of one source, however often it comes', async () => {
    const wanted = wantedAccess();

    const creations = await Promise.all(Array.from({ length: 5 }, () => createAccessRequest(parts, wanted)));

    expect(creations.map(({ kind }) => kind).toSorted()).toEqual(['created', 'same', 'same', 'same', 'same']);
    expect(await kindsOf(parts)).toEqual(['accessAsked']);
  });

  it('are not made again while one for the same person and app is open, whoever the requester is', async () => {
    const first = await askAccess(parts);
    const again = wantedAccess({ requestedBy: { id: 'lynne', name: 'Lynne Robbins' } });

    const second = await createAccessRequest(parts, again);
    await act(parts, first.id, cancel);
    const third = await createAccessRequest(parts, again);

    expect(second).toMatchObject({ kind: 'alreadyOpen', accessRequest: { id: first.id } });
    expect(third.kind).toBe('created');
  });

  it('number ten per requester at most, all made at once; one that ends makes room', async () => {
    const people = Array.from({ length: mostOpen + 3 }, (_, index) => `person ${index}`);

    const creations = await Promise.all(
      people.map((id) => createAccessRequest(parts, wantedAccess({ subject: subject(id) }))),
    );
    const made = creations.flatMap((creation) => (creation.kind === 'created' ? [creation.accessRequest.id] : []));
    await act(parts, made[0] ?? '', deny);
    const next = await createAccessRequest(parts, wantedAccess({ subject: subject('one more') }));
    const others = await createAccessRequest(parts, wantedAccess({ requestedBy: { id: 'lynne', name: 'Lynne' } }));

    expect(made).toHaveLength(mostOpen);
    expect(creations.filter(({ kind }) => kind !== 'created')).toEqual(Array(3).fill({ kind: 'tooMany', open: 10 }));
    expect([next.kind, others.kind]).toEqual(['created', 'created']);
  });

  it('never share an id with one another, nor with a provisioning request', async () => {
    const access = await askAccess(parts);
    const provisioning = await ask(parts, ['isaiah']);
    const draws = [access.id, provisioning.id, 'FRESH2'];

    const id = await database.transact((transaction) => unusedId(transaction, () => draws.shift() ?? ''));

    expect(id).toBe('FRESH2');
    expect(access.id).toMatch(/^[2-9A-HJKMNP-Z]{6}$/);
  });

  it('are listed for a decision, oldest first, page by page', async () => {
    const ids: string[] = [];
    for (const name of ['one', 'two', 'three', 'four']) {
      ids.push((await askAccess(parts, { subject: subject(name) })).id);
      await clock.advance(1000);
    }
    await act(parts, ids[1] ?? '', deny);

    const first = await findPending(database, { limit: 2, offset: 0 });
    const second = await findPending(database, { limit: 2, offset: 2 });

    expect(first.map(({ id }) => id)).toEqual([ids[0], ids[2]]);
    expect(second.map(({ id }) => id)).toEqual([ids[3]]);
  });

  it('keep in the audit log the callers who tried what they may not', async () => {
    const { id } = await askAccess(parts);

    await recordRefusal(parts, id, megan.id, { why: 'ownRequest' });

    const [refusal] = await readAudit(database.query, 1);
    expect(refusal).toMatchObject({ kind: 'accessRefused', actorId: 'megan', requestId: id });
  });
});
