import { kitKey } from '../../apps-file.ts';
import { type Fetched, mapped } from '../../graph/answer.ts';
import type { Kit } from '../../graph/kit-apps.ts';
import { closest } from '../grammar/closest.ts';
import type { CommandParts } from '../registry/define-command.ts';

export type KitMatch =
  | { readonly kind: 'one'; readonly kit: Kit }
  /** No kit has the name; this one has a similar name, which is only offered. */
  | { readonly kind: 'near'; readonly kit: Kit }
  | { readonly kind: 'none' };

/** The kit that a name means: the one with exactly that name or alias ("sales", "the Sales kit"), else a similar one. */
export async function findKit({ kits }: Pick<CommandParts, 'kits'>, text: string): Promise<Fetched<KitMatch>> {
  return mapped(await kits.list(), (all) => kitNamed(all, text));
}

/** The same among kits that are there already. */
export function kitNamed(kits: readonly Kit[], text: string): KitMatch {
  const typed = kitKey(text);
  const named = kitWith(kits, text);
  if (named !== undefined) return { kind: 'one', kit: named };
  const near = closest(typed, kits.flatMap(keysOf));
  const kit = kits.find((one) => near !== null && keysOf(one).includes(near));
  return kit === undefined ? { kind: 'none' } : { kind: 'near', kit };
}

/** The kit with exactly this name or alias. */
export function kitWith(kits: readonly Kit[], text: string): Kit | undefined {
  const typed = kitKey(text);
  return kits.find((kit) => keysOf(kit).includes(typed));
}

const keysOf = ({ name, aliases }: Kit): string[] => [name, ...aliases].map(kitKey);
