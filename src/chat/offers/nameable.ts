import { type Fetched, fetched } from '../../graph/answer.ts';
import type { Kit } from '../../graph/kit-apps.ts';
import { kitText, saysKit } from '../names/seek-apps.ts';
import type { CommandParts } from '../registry/define-command.ts';
import type { Nameable } from './app-mentions.ts';

/** What a line may name as the app: the apps of the tenant, and the kits of `APPS_FILE` where the line may hold one. */
export async function nameableIn(parts: CommandParts, line: string): Promise<Fetched<readonly Nameable[]>> {
  const listing = await parts.applications.list();
  if (!listing.ok) return listing;
  const apps = listing.value.items;
  if (!parts.kits.mayBeIn(line)) return fetched(apps);
  const kits = await parts.kits.list();
  return kits.ok ? fetched([...apps, ...kits.value.map(asNameable)]) : kits;
}

/** "sales" alone may be anything, so the name of a kit counts with "kit" behind it; an alias is one. */
function asNameable({ name, aliases }: Kit): Nameable {
  const names = [name, ...aliases].flatMap((one) => (saysKit(one) ? [one] : [`${one} kit`]));
  return { id: kitText(name), displayName: kitText(name), aliases: [...names, ...aliases], isWhole: true };
}
