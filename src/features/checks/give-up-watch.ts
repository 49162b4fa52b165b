import { type GiveUpParts, tellGivenUp } from '../../chat/give-up.ts';
import type { StoreParts } from '../../requests/store.ts';
import { toWatch } from './watching/watch.ts';

/** Tells every conversation that watches the app that Usher no longer checks it. */
export async function giveUpWatch(
  parts: GiveUpParts & { readonly store: Pick<StoreParts, 'database'> },
  appId: string,
  reference: string,
): Promise<boolean> {
  const rows = await parts.store.database.query
    .selectFrom('watches')
    .selectAll()
    .where('app_id', '=', appId)
    .orderBy('key')
    .execute();
  for (const watch of rows.map(toWatch))
    await tellGivenUp(parts, watch, { kind: 'watchGivenUp', app: watch.app.name }, reference);
  return true;
}
