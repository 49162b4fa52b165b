import type { Selectable } from 'kysely';
import type { WatchRow } from '../../../db/schema.ts';
import type { Reader } from '../../../requests/request.ts';

/** A conversation that is told when an app's synchronization changes. */
export interface Watch {
  /** Identifies the conversation. */
  readonly key: string;
  readonly conversation: string;
  readonly reader: Reader;
  /** The service principal's object id and display name. */
  readonly app: { readonly id: string; readonly name: string };
  /** Entra object id. */
  readonly addedBy: string;
  /** Milliseconds since 1970. */
  readonly addedAt: number;
}

export function toWatch(row: Selectable<WatchRow>): Watch {
  return {
    key: row.key,
    conversation: row.conversation,
    reader: { locale: row.locale, timeZone: row.time_zone },
    app: { id: row.app_id, name: row.app_name },
    addedBy: row.added_by,
    addedAt: row.added_at,
  };
}
