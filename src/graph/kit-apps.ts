import pMap from 'p-map';
import { type KitEntry, type KitTerms, kitKey } from '../apps-file.ts';
import { type Fetched, fetched } from './answer.ts';
import type { BrokenEntry } from './app-bindings.ts';
import type { Application, Applications } from './applications.ts';

/** The kits of `APPS_FILE`, with the apps that they lead to in the tenant. */
export interface Kits {
  /** In the file's order. A kit keeps its place for an app that is gone, so that no reader takes the rest for the whole. */
  list(): Promise<Fetched<readonly Kit[]>>;
  /** Whether a text may name a kit, by its words alone. */
  mayBeIn(text: string): boolean;
  /** The apps of kits that led to no app of their own when last listed. */
  broken(): readonly BrokenInKit[];
}

export interface Kit extends KitTerms {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly apps: readonly KitApp[];
}

export type KitApp =
  | { readonly name: string; readonly id: string; readonly trouble: null; readonly app: Application }
  /** `name`: as in the file. */
  | { readonly name: string; readonly id: null; readonly trouble: KitTrouble };

/** `twice`: it leads to the same app as an earlier one of the kit. */
export type KitTrouble = BrokenEntry['kind'] | 'twice';

export interface BrokenInKit {
  readonly kit: string;
  readonly app: string;
  readonly kind: KitTrouble;
}

/** Most apps are in the list that Usher keeps anyway. */
const atOnce = 4;

export function createKits(parts: {
  readonly entries: readonly KitEntry[];
  readonly applications: Pick<Applications, 'findOfKit'>;
  /** Called with the broken apps each time they are read; it must not throw. */
  readonly observe?: (broken: readonly BrokenInKit[]) => void;
}): Kits {
  const { entries, applications } = parts;
  let broken: readonly BrokenInKit[] = [];

  async function appsOf({ apps }: KitEntry): Promise<Fetched<readonly KitApp[]>> {
    const found = await pMap(apps, async (name) => ({ name, meant: await applications.findOfKit(name) }), {
      concurrency: atOnce,
    });
    const kitApps: KitApp[] = [];
    for (const { name, meant } of found) {
      if (!meant.ok) return meant;
      const app = meant.value;
      if (typeof app === 'string') kitApps.push({ name, id: null, trouble: app });
      else if (kitApps.some(({ id }) => id === app.id)) kitApps.push({ name, id: null, trouble: 'twice' });
      else kitApps.push({ name: app.displayName, id: app.id, trouble: null, app });
    }
    return fetched(kitApps);
  }

  const keys = entries.flatMap(({ kit, aliases }) => [kit, ...aliases].map(kitKey));
  return {
    mayBeIn(text) {
      const typed = kitKey(text);
      return /\bkit\b/.test(text.toLowerCase()) || keys.some((key) => typed.includes(key));
    },
    async list() {
      const kits: Kit[] = [];
      for (const entry of entries) {
        const apps = await appsOf(entry);
        if (!apps.ok) return apps;
        const { kit: name, ...said } = entry;
        kits.push({ ...said, name, apps: apps.value });
      }
      broken = kits.flatMap(({ name: kit, apps }) =>
        apps.flatMap(({ name: app, trouble: kind }) => (kind === null ? [] : [{ kit, app, kind }])),
      );
      parts.observe?.(broken);
      return fetched(kits);
    },
    broken: () => broken,
  };
}
