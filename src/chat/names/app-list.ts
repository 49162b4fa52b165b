import { keyOf } from '../../graph/app-bindings.ts';
import type { Application } from '../../graph/applications.ts';
import { plainText } from '../cards/safe-text.ts';
import type { CommandParts } from '../registry/define-command.ts';
import { knownIn, namesIn, saysKit } from './seek-apps.ts';

/** What stands between the names of a line that Usher writes. */
export const LIST_SEPARATOR = ', ';
/** A longer list leaves no room on a button for the rest of its line. */
const longestList = 700;
/** Entra allows no longer one. */
const longestName = 256;

/**
 * What a line calls these apps, so that all of them together are read as these and no others: their names, and the id
 * of an app whose name is another one's, too, or a kit's, or makes up another one's with the next ("Webex" before
 * "Cisco"). Of a list too long for a button the long names are ids as well.
 */
export async function callNames(parts: CommandParts, apps: readonly Application[]): Promise<readonly string[]> {
  const [listing, kits] = await Promise.all([parts.applications.list(), parts.kits.list()]);
  const known = listing.ok ? listing.value.items : [];
  const wanted = new Map(apps.map(({ id, displayName }) => [keyOf(displayName), id]));
  const shared = new Set(
    [...known, ...apps].flatMap(({ id, displayName, aliases }) =>
      [displayName, ...aliases].map(keyOf).filter((key) => (wanted.get(key) ?? id) !== id),
    ),
  );
  const isLong = apps.reduce((length, { displayName }) => length + displayName.length, 0) > longestList;
  const names = apps.map(({ id, displayName: name }) => {
    const isUnfit = shared.has(keyOf(name)) || saysKit(name) || plainText(name, longestName) !== name;
    return isUnfit || (isLong && name.length > id.length) ? id : name;
  });
  const read = namesIn(names.join(LIST_SEPARATOR), await knownIn(parts, kits.ok ? kits.value : []));
  const isRead = read.length === names.length && read.every((name, at) => name === names[at]);
  return isRead ? names : apps.map(({ id }) => id);
}
