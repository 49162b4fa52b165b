import { sql } from 'kysely';
import { type Clock, systemClock } from '../../../src/clock.ts';
import { type Database, isDatabaseAway, openDatabase } from '../../../src/db/database.ts';
import { secret } from '../../../src/secret.ts';

/** The store as the test reads it, over a connection of its own; while PostgreSQL is away it waits. */
export interface StoreView {
  readonly database: Database;
  read<T>(ask: (database: Database) => Promise<T>): Promise<T>;
  /** Breaks about half of the connections that the replicas have. */
  cutConnections(): Promise<void>;
  /** The requests of a conversation. */
  requestsOf(conversationId: string): Promise<readonly StoredRequest[]>;
  accessRequestsOf(conversationId: string): Promise<readonly StoredAccessRequest[]>;
}

export interface StoredRequest {
  readonly id: string;
  readonly isHeld: boolean;
}

export interface StoredAccessRequest {
  readonly id: string;
  readonly state: string;
}

const readAgainMs = 300;
const ownName = 'faults';

export async function openStoreView(url: string, clock: Clock = systemClock): Promise<StoreView> {
  const database = await openDatabase({ kind: 'postgres', url: secret(`${url}?application_name=${ownName}`) }, clock);

  async function read<T>(ask: (database: Database) => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await ask(database);
      } catch (error) {
        if (!isDatabaseAway(error)) throw error;
        await clock.sleep(readAgainMs);
      }
    }
  }

  return {
    database,
    read,
    async cutConnections() {
      await sql`select pg_terminate_backend(pid) from pg_stat_activity
        where application_name like 'usher %' and pid <> pg_backend_pid() and random() < 0.5`
        .execute(database.query)
        .catch((error: unknown) => {
          if (!isDatabaseAway(error)) throw error;
        });
    },
    requestsOf: (conversationId) =>
      read(async ({ query }) => {
        const rows = await query
          .selectFrom('requests')
          .select((row) => [
            'id',
            row
              .exists(
                row
                  .selectFrom('tasks')
                  .select('tasks.id')
                  .whereRef('tasks.request_id', '=', 'requests.id')
                  .where('tasks.state', '=', 'held'),
              )
              .as('held'),
          ])
          .where('source', 'like', `%${conversationId}%`)
          .execute();
        return rows.map(({ id, held }) => ({ id, isHeld: Boolean(held) }));
      }),
    accessRequestsOf: (conversationId) =>
      read(({ query }) =>
        query
          .selectFrom('access_requests')
          .select(['id', 'state'])
          .where('source', 'like', `%${conversationId}%`)
          .execute(),
      ),
  };
}
