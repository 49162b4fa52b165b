import type { Selectable } from 'kysely';
import { assertNever } from '../../../assert-never.ts';
import { ALL_APPS, type WatchRow } from '../../../db/watching-schema.ts';
import type { Reader } from '../../../requests/request.ts';

/** A conversation that is told about an app's synchronization, or about those of all apps. */
export interface Watch {
  /** Identifies the conversation. */
  readonly key: string;
  readonly conversation: string;
  readonly reader: Reader;
  readonly watched: Watched;
  /** Entra object id. */
  readonly addedBy: string;
  /** Milliseconds since 1970. */
  readonly addedAt: number;
}

export type Watched =
  /** The job as a whole. */
  | { readonly kind: 'sync'; readonly app: WatchedApp }
  /** The people whom the job could not provision. */
  | { readonly kind: 'failures'; readonly app: WatchedApp }
  /** The jobs of all apps, also of those to come. */
  | { readonly kind: 'all' };

/** The service principal's object id and display name. */
export interface WatchedApp {
  readonly id: string;
  readonly name: string;
}

/** The id of the watch on all apps. */
export const ALL = ALL_APPS;
const failures = 'failures ';

/** Stands for what is watched in the row, in a reference, and in the audit log. */
export function watchedId(watched: Watched): string {
  switch (watched.kind) {
    case 'all':
      return ALL;
    case 'sync':
      return watched.app.id;
    case 'failures':
      return `${failures}${watched.app.id}`;
    default:
      return assertNever(watched, 'watched');
  }
}

/** The id of the app whose failures this watch is about; null for other watches. */
export const failuresAppId = (id: string): string | null =>
  id.startsWith(failures) ? id.slice(failures.length) : null;

export function toWatch(row: Selectable<WatchRow>): Watch {
  return {
    key: row.key,
    conversation: row.conversation,
    reader: { locale: row.locale, timeZone: row.time_zone },
    watched: toWatched(row),
    addedBy: row.added_by,
    addedAt: row.added_at,
  };
}

function toWatched({ app_id: id, app_name: name }: Pick<Selectable<WatchRow>, 'app_id' | 'app_name'>): Watched {
  if (id === ALL) return { kind: 'all' };
  const appId = failuresAppId(id);
  return appId === null ? { kind: 'sync', app: { id, name } } : { kind: 'failures', app: { id: appId, name } };
}
