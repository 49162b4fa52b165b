import pMap from 'p-map';
import { deny } from '../../access/policy.ts';
import type { Application } from '../../graph/applications.ts';
import type { DeletedUser } from '../../graph/directory.ts';
import { readCycle } from '../jobs/cycles.ts';
import type { PersonCommand } from '../offers/guesses.ts';
import type { CommandParts, Turn } from '../registry/define-command.ts';
import { say } from '../registry/turn.ts';
import type { Reply } from '../reply.ts';
import { byCycleCard } from '../views/by-cycle.ts';
import { short } from '../views/parts.ts';
import { seekApps } from './seek-apps.ts';

/**
 * A person who is deleted in Entra is found by no name, and no on-demand call reaches them: only the regular cycles still
 * act on their accounts. So a caller who may see others is told of the deletion, and of what those cycles do.
 */
export type DeletedLook =
  | { readonly kind: 'reply'; readonly reply: Reply }
  | { readonly kind: 'none' }
  /** Usher may not look among the deleted people, or could not. */
  | { readonly kind: 'unread' };

const mostNamed = 6;
const readsAtOnce = 4;
const logMs = 1_300;

export async function lookAmongDeleted(parts: CommandParts, turn: Turn, command: PersonCommand): Promise<DeletedLook> {
  const { words } = turn;
  if (deny(turn.caller, 'others.show') !== null) return { kind: 'none' };
  const found = await parts.directory.findDeleted(command.subject);
  if (!found.ok) return { kind: 'unread' };
  const [user, second] = found.value;
  if (user === undefined) return { kind: 'none' };
  if (second !== undefined) {
    const names = found.value.slice(0, mostNamed).map(({ userPrincipalName }) => short(userPrincipalName, 60));
    return {
      kind: 'reply',
      reply: say(words, { kind: 'severalDeleted', typed: command.subject, people: words.list(names) }),
    };
  }
  const again = { label: 'lookAgain', verb: 'choose', text: parts.grammar.format(command) } as const;
  if (command.verb === 'provision' || command.verb === 'requestAccess') {
    const what = { kind: 'deletedPerson', person: user.displayName, label: user.userPrincipalName } as const;
    return { kind: 'reply', reply: say(words, what, [again]) };
  }
  const message = byCycleCard(words, {
    person: user.displayName,
    why: { kind: 'deleted', label: user.userPrincipalName, at: user.deletedAt },
    ...(await cyclesFor(parts, command, user)),
    buttons: [again],
    now: parts.store.clock.now(),
  });
  return { kind: 'reply', reply: { kind: 'card', inPlace: true, message } };
}

/** The cycles of the named apps, else of those that the provisioning log names for this person. */
async function cyclesFor(parts: CommandParts, { app }: PersonCommand, user: DeletedUser) {
  const log = await parts.provisioningLog.read({ personId: user.id, entraIs: 'source', jobId: null }, logMs);
  const entries = log.kind === 'read' ? log.entries : [];
  const apps = app === null ? await appsIn(parts, entries) : await appsNamed(parts, app);
  const cycles = await pMap(apps, (one) => readCycle(parts, one), { concurrency: readsAtOnce });
  const last = entries.find(({ servicePrincipalId }) => servicePrincipalId === apps[0]?.id);
  const how = last?.outcome.kind;
  const isDone = how === 'disabled' || how === 'deleted';
  return { cycles, named: app !== null, done: isDone ? { how, at: last?.at ?? null } : null };
}

async function appsIn(
  parts: CommandParts,
  entries: readonly { readonly servicePrincipalId: string | null }[],
): Promise<readonly Application[]> {
  const ids = [...new Set(entries.flatMap(({ servicePrincipalId }) => servicePrincipalId ?? []))];
  const found = await pMap(ids, (id) => parts.applications.find(id), { concurrency: readsAtOnce });
  return found.flatMap((one) => (one.ok && one.value.kind === 'one' ? [one.value.app] : []));
}

async function appsNamed(parts: CommandParts, text: string): Promise<readonly Application[]> {
  const sought = await seekApps(parts, text);
  return sought.kind === 'apps' ? sought.apps : [];
}
