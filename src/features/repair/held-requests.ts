import { confirmRequest } from '../../requests/confirmation.ts';
import type { StoreParts } from '../../requests/store.ts';
import type { WaitingRequest } from './repair-worker.ts';

/** The provisioning requests that pauses are made for: they are held until the job is stopped. */
export function heldRequests(store: StoreParts): WaitingRequest {
  return {
    async release(requestId, orderedBy) {
      await confirmRequest(store, requestId, orderedBy, { evenLate: true });
    },
    async isDone(requestId) {
      const open = await store.database.query
        .selectFrom('tasks')
        .select('id')
        .where('request_id', '=', requestId)
        .where('state', 'not in', ['done', 'cancelled'])
        .limit(1)
        .executeTakeFirst();
      return open === undefined;
    },
  };
}
