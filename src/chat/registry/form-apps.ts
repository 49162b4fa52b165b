import { kitKey } from '../../apps-file.ts';
import { type Fetched, fetched } from '../../graph/answer.ts';
import { plainText } from '../cards/safe-text.ts';
import type { Messages } from '../messages.ts';
import { callNames, LIST_SEPARATOR } from '../names/app-list.ts';
import { kitText } from '../names/seek-apps.ts';
import { mentionsIn } from '../offers/app-mentions.ts';
import { type AppChoice, chosenIn, sameText } from '../views/app-choices.ts';
import type { CommandParts } from './define-command.ts';

/** What a form offers: the kits that lead to an app, if it takes several, then the apps. */
export async function choicesFor(
  parts: CommandParts,
  words: Messages,
  takesSeveral: boolean,
): Promise<Fetched<readonly AppChoice[]>> {
  const listing = await parts.applications.list();
  if (!listing.ok) return listing;
  // A part of the apps is no list to choose from.
  const apps = listing.value.complete ? listing.value.items : [];
  const kits = takesSeveral ? await parts.kits.list() : fetched([]);
  return fetched([
    // Without the kits a form is as useful as before.
    ...(kits.ok ? kits.value : []).flatMap(({ name, apps: held }): AppChoice[] => {
      const there = held.flatMap((app) => (app.id === null ? [] : [app.name]));
      const title = words.plain('form.kit', { kit: name, apps: words.commas(there) });
      const line = kitText(name);
      return there.length === 0 ? [] : [{ id: plainText(line.replaceAll(',', '')), name: line, title }];
    }),
    ...apps.map(({ id, displayName }) => ({ id, name: displayName })),
  ]);
}

/** What a line calls the apps that were chosen, so that it means these and no others; a typed text stays as it is. */
export async function lineOfApps(parts: CommandParts, choices: readonly AppChoice[], text: string): Promise<string> {
  const chosen = chosenIn(choices, text) ?? [];
  const [only, second] = chosen;
  if (only === undefined) return text;
  if (second === undefined) return only.title === undefined ? text : only.name;
  const listing = await parts.applications.list();
  const all = listing.ok ? listing.value.items : [];
  const apps = all.filter(({ id }) => chosen.some((choice) => choice.id === id));
  const names = await callNames(parts, apps);
  const called = new Map(apps.map(({ id }, index) => [id, names[index]]));
  // For the name of several apps Usher asks which is meant.
  const isShared = ({ name }: AppChoice) => all.filter((app) => sameText(app.displayName, name)).length > 1;
  return chosen
    .map((choice) => (isShared(choice) ? choice.name : (called.get(choice.id) ?? choice.name)))
    .join(LIST_SEPARATOR);
}

/** The kits and apps that half a line names, for its form; empty for none. */
export async function appsSaid(parts: CommandParts, line: string): Promise<string> {
  const [listing, kits] = await Promise.all([parts.applications.list(), parts.kits.list()]);
  const said = ` ${line.toLowerCase().replace(/[\s,;]+/g, ' ')} `;
  const named = (kits.ok ? kits.value : []).filter(({ name, aliases }) =>
    [name, ...aliases].some((one) => said.includes(` ${kitKey(one).replace(/[\s,;]+/g, ' ')} kit `)),
  );
  const apps = listing.ok ? mentionsIn(line, listing.value.items, false).map(({ name }) => name) : [];
  return [...named.map(({ name }) => kitText(name)), ...new Set(apps)].join(LIST_SEPARATOR);
}
