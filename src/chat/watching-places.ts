import type { Access } from '../access/access.ts';
import { deny } from '../access/policy.ts';
import { type StillMay, stillMay } from '../access/still-may.ts';
import { ALL_APPS } from '../db/watching-schema.ts';
import type { Query } from '../outbox/message-store.ts';
import type { Reader } from '../requests/request.ts';

/** A conversation that watches an app, and so is told more of it than what its job does. */
export interface WatchingPlace {
  readonly conversation: string;
  readonly reader: Reader;
  readonly watch: AddedWatch;
}

/** A watch counts while the person who added it may watch. */
export interface AddedWatch {
  readonly by: string;
  readonly ofAllApps: boolean;
}

/** The conversations that watch this app, by its name or with all others; one that does both is there first by its name. */
export async function findWatchingPlaces(query: Query, appId: string): Promise<readonly WatchingPlace[]> {
  const rows = await query.selectFrom('watches').selectAll().where('app_id', 'in', [appId, ALL_APPS]).execute();
  const places = rows.map(({ app_id, conversation, locale, time_zone: timeZone, added_by: by }) => ({
    conversation,
    reader: { locale, timeZone },
    watch: { by, ofAllApps: app_id === ALL_APPS },
  }));
  return places.toSorted((one, other) => Number(one.watch.ofAllApps) - Number(other.watch.ofAllApps));
}

/** All apps are for operators. */
export function mayWatchStill(access: Pick<Access, 'identify'>, { by, ofAllApps }: AddedWatch): Promise<StillMay> {
  const permission = ofAllApps ? 'watches.manage' : 'watch.change';
  return stillMay(access, by, (caller) => deny(caller, permission) === null);
}
