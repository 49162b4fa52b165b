import type { AccessParts } from '../../../requests/access-parts.ts';
import { writeAudit } from '../../../requests/audit-log.ts';
import type { AssigningStep } from './access-request.ts';
import { lockAccessRequest } from './acting.ts';

/**
 * The app role assignment of an approval, as steps in the row of the access request; see the second diagram in
 * `access-request.ts`. A call to Graph cannot be part of a transaction, so a step is written before and after it.
 */
export interface Assignment {
  /** Service principal id. */
  readonly app: string;
  /** Entra object id of the person. */
  readonly subject: string;
  readonly appRole: string;
}

/**
 * Call it right before the call is sent. True when the request is still approved: a cancellation from then on finds
 * that the call was begun. Repeated attempts write one `begun` into the record.
 */
export function beginAssignment(parts: AccessParts, id: string, assignment: Assignment): Promise<boolean> {
  return parts.database.transact(async (transaction) => {
    const row = await lockAccessRequest(parts, transaction, id);
    if (row?.state !== 'approved') return false;
    if (row.assigning === 'begun' || row.assigning === 'unanswered') return true;
    await transaction.updateTable('access_requests').set({ assigning: 'begun' }).where('id', '=', id).execute();
    await writeAudit(transaction, entryOf(parts, id, 'begun', assignment, null));
    return true;
  });
}

/** Notes the result of the call, whatever the request's state is by now; once for each step. */
export function settleAssignment(
  parts: AccessParts,
  id: string,
  step: Exclude<AssigningStep, 'begun'>,
  { code, ...assignment }: Assignment & { readonly code: string | null },
): Promise<void> {
  return parts.database.transact(async (transaction) => {
    const row = await lockAccessRequest(parts, transaction, id);
    if (row === null || row.assigning === step) return;
    await transaction
      .updateTable('access_requests')
      .set({ assigning: step, revision: row.revision + 1 })
      .where('id', '=', id)
      .execute();
    await writeAudit(transaction, entryOf(parts, id, step, assignment, code));
  });
}

function entryOf(
  { clock }: AccessParts,
  id: string,
  step: AssigningStep,
  { app, subject, appRole }: Assignment,
  code: string | null,
) {
  const details = { step, app, subject, appRole, code };
  return { at: clock.now(), actorId: '', kind: 'accessAssigned', requestId: id, details } as const;
}
