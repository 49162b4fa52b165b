import type { Access } from '../../access/access.ts';
import type { Caller } from '../../access/caller.ts';
import { deny } from '../../access/policy.ts';
import type { Clock } from '../../clock.ts';
import { isTooSlow, withinMs } from '../../time-limit.ts';
import type { MessageKey, Messages, MessageValues } from '../messages.ts';
import { short } from './parts.ts';

/**
 * Whose next step a card tells. An operator is told where in Entra to act; a requester and a viewer are told what has to
 * happen, and whom to ask. `anyone` is for conversations in which several people read, so no reader is addressed.
 */
export interface Viewpoint {
  readonly as: 'operator' | 'requester' | 'viewer' | 'anyone';
  /** Names of people in the helpdesk; none where they are unknown. */
  readonly helpdesk: readonly string[];
}

export const asOperator: Viewpoint = { as: 'operator', helpdesk: [] };

/** Whether a Retry button helps; where several people read, some of them may press it. */
export const mayRetry = ({ as }: Viewpoint): boolean => as === 'operator' || as === 'anyone';

/** Whether a page of the Entra admin center is of use: a requester and a viewer cannot change anything there. */
export const actsInEntra = mayRetry;

const MOST_NAMED = 5;
const contactsMs = 1_000;

/** The next step for this reader, as finished sentences: `key` for operators, `ask` for all others. */
export function nextFor(
  { as, helpdesk }: Viewpoint,
  { next, ask }: { readonly next: MessageKey; readonly ask: MessageKey | null },
  say: (key: MessageKey, values: MessageValues) => string,
  words: Messages,
  values: MessageValues,
): readonly string[] {
  if (as === 'operator' || ask === null) return [say(next, values)];
  return [say(ask, values), say(...askHelpdesk(words, helpdesk, as === 'anyone' ? 'anyone' : 'reader'))];
}

/** The sentence that names people of the helpdesk. `anyone`: it follows one that says who can act. */
export function askHelpdesk(
  words: Messages,
  helpdesk: Viewpoint['helpdesk'],
  who: 'anyone' | 'reader',
): readonly [key: MessageKey, values: MessageValues] {
  const names = helpdesk.slice(0, MOST_NAMED).map((name) => short(name, 40));
  return ['ask.helpdesk', { who, people: names.length === 0 ? 'none' : words.either(names) }];
}

type HelpdeskParts = { readonly access: Pick<Access, 'contacts'>; readonly store: { readonly clock: Clock } };

/** The viewpoint of a caller in the personal chat; elsewhere others read along. */
export async function viewpointOf(parts: HelpdeskParts, caller: Caller, isAlone: boolean): Promise<Viewpoint> {
  if (!isAlone) return withHelpdesk(parts, 'anyone');
  if (deny(caller, 'provision.run') === null) return asOperator;
  return withHelpdesk(parts, caller.roles.includes('requester') ? 'requester' : 'viewer');
}

/** Names people of the helpdesk, where Graph tells in time who they are. */
export async function withHelpdesk({ access, store }: HelpdeskParts, as: Viewpoint['as']): Promise<Viewpoint> {
  const contacts = await withinMs(access.contacts(['operator']), contactsMs, store.clock);
  if (isTooSlow(contacts)) return { as, helpdesk: [] };
  const named = contacts.flatMap(({ kind, name, people }) =>
    kind === 'person' ? [name] : people.map((one) => one.name),
  );
  return { as, helpdesk: [...new Set(named)].filter((name) => name !== '') };
}
