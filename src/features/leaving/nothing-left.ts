import pMap from 'p-map';
import { readCycle } from '../../chat/jobs/cycles.ts';
import type { CommandParts, Turn } from '../../chat/registry/define-command.ts';
import type { Reply } from '../../chat/reply.ts';
import { appNames } from '../../chat/views/app-names.ts';
import { byCycleCard } from '../../chat/views/by-cycle.ts';
import type { Application } from '../../graph/applications.ts';
import type { DirectoryUser } from '../../graph/directory.ts';
import type { LeftOut } from '../../requests/request.ts';
import { nobodyFoundCard } from '../provisioning/cards/confirm-card.ts';

const readsAtOnce = 4;

/** A person who is disabled in Entra: what the regular cycles of these apps do, and a way to look again later. */
export async function leftToCycles(
  parts: CommandParts,
  { words }: Turn,
  user: DirectoryUser,
  apps: readonly Application[],
): Promise<Reply> {
  const [only, second] = apps;
  const app = only === undefined || second !== undefined ? null : only.displayName;
  const text = parts.grammar.format({ verb: 'check', subject: user.userPrincipalName, app });
  const message = byCycleCard(words, {
    person: user.displayName,
    why: { kind: 'disabled' },
    cycles: await pMap(apps, (one) => readCycle(parts, one), { concurrency: readsAtOnce }),
    named: true,
    done: null,
    buttons: [{ label: 'lookAgain', verb: 'run', text }],
    now: parts.store.clock.now(),
  });
  return { kind: 'card', message };
}

/** Nothing of a list is left to take away: each line with its reason. */
export function sayEachReason({ words }: Turn, apps: readonly Application[], leftOut: readonly LeftOut[]): Reply {
  const app = appNames(
    words,
    apps.map(({ displayName: name }) => ({ name })),
  );
  return {
    kind: 'card',
    message: nobodyFoundCard(words, { app: apps.length === 0 ? '' : app, leftOut, to: 'remove' }),
  };
}
