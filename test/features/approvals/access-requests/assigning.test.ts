import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Database } from '../../../../src/db/database.ts';
import { assignmentLeft } from '../../../../src/features/approvals/access-requests/access-request.ts';
import { beginAssignment, settleAssignment } from '../../../../src/features/approvals/access-requests/assigning.ts';
import { act, findAccessRequest } from '../../../../src/features/approvals/access-requests/store.ts';
import type { AccessParts } from '../../../../src/requests/access-parts.ts';
import { createTestClock } from '../../../support/clock.ts';
import { engines, useTestDatabase } from '../../../support/databases.ts';
import { readAudit } from '../../../support/read-audit.ts';
import { accessParts, approved, cancel } from './support.ts';

const assignment = { app: 'salesforce', subject: 'isaiah', appRole: 'User' };

describe.each(engines)('the assignment that an approval makes on $name', (engine) => {
  const place = useTestDatabase(engine);
  let database: Database;
  let parts: AccessParts;

  beforeAll(async () => {
    const clock = createTestClock();
    database = await place.open(clock);
    parts = accessParts(database, clock);
  });
  beforeEach(() => place.empty());

  const left = async (id: string) => {
    const request = await findAccessRequest(database, id);
    return request === null ? null : assignmentLeft(request);
  };
  const steps = async () =>
    (await readAudit(database.query, 100))
      .filter(({ kind }) => kind === 'accessAssigned')
      .map(({ details }) => details.step)
      .toReversed();

  it('is not begun for a request that was withdrawn', async () => {
    const { id } = await approved(parts);
    await act(parts, id, cancel);

    expect(await beginAssignment(parts, id, assignment)).toBe(false);

    expect([await left(id), await steps()]).toEqual(['none', []]);
  });

  it('may have been made when the request was withdrawn meanwhile, until an answer tells', async () => {
    const { id } = await approved(parts);
    await beginAssignment(parts, id, assignment);

    await act(parts, id, cancel);
    const before = await findAccessRequest(database, id);
    const meanwhile = await left(id);
    await settleAssignment(parts, id, 'made', { ...assignment, code: null });

    expect([meanwhile, await left(id)]).toEqual(['perhaps', 'made']);
    expect(await findAccessRequest(database, id)).toMatchObject({
      revision: (before?.revision ?? 0) + 1,
      state: { kind: 'cancelled' },
    });
    const cancelled = (await readAudit(database.query, 100)).find(({ kind }) => kind === 'accessCancelled');
    expect(cancelled?.details).toEqual({ assignment: 'begun' });
  });

  it('was not made where Graph refused it', async () => {
    const { id } = await approved(parts);
    await beginAssignment(parts, id, assignment);
    await settleAssignment(parts, id, 'refused', { ...assignment, code: 'Authorization_RequestDenied' });
    await act(parts, id, { kind: 'lapse', why: 'assignmentRefused' });

    expect(await left(id)).toBe('none');
  });

  it('has one beginning and one end in the audit log, however often it is tried', async () => {
    const { id } = await approved(parts);
    const tries = ['unanswered', 'unanswered', 'made'] as const;
    for (const step of tries) {
      expect(await beginAssignment(parts, id, assignment)).toBe(true);
      await settleAssignment(parts, id, step, { ...assignment, code: null });
    }

    expect(await steps()).toEqual(['begun', 'unanswered', 'made']);
  });

  it('may have been made when the request lapses after a call that Graph never answered', async () => {
    const { id } = await approved(parts);
    await beginAssignment(parts, id, assignment);
    await settleAssignment(parts, id, 'unanswered', { ...assignment, code: null });

    await act(parts, id, { kind: 'lapse', why: 'askerMayNot' });

    expect(await left(id)).toBe('perhaps');
  });

  it('either is begun or finds the request withdrawn, when both happen at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      await place.empty();
      const { id } = await approved(parts);

      const [isBegun] = await Promise.all([beginAssignment(parts, id, assignment), act(parts, id, cancel)]);

      expect(await left(id)).toBe(isBegun ? 'perhaps' : 'none');
    }
  });
});
