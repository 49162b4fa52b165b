import type { CommandOf } from '../../chat/command.ts';
import { beginLooking, findSubject } from '../../chat/names/subject.ts';
import { findTarget, requestOf, taskOn } from '../../chat/names/target.ts';
import { type CommandParts, defineCommand, type Turn } from '../../chat/registry/define-command.ts';
import { mayOnlyAsk } from '../../chat/registry/run.ts';
import type { Reply } from '../../chat/reply.ts';
import { createForeseen } from '../../requests/forecast.ts';
import { drawSingle } from './draw.ts';
import { readProvision, writeProvision } from './provision-line.ts';
import { resolveProvision } from './resolve.ts';
import { nearlyProvision, untimely } from './untimely.ts';

type ProvisionCommand = CommandOf<'provision'>;

/**
 * `provision <subject> to <app>`. Looks up everything that can be known before a rate-limited call is spent, then
 * stores a request; the dispatcher does the rest. A caller who may only request access requests it by this command.
 */
async function provision(parts: CommandParts, turn: Turn, command: ProvisionCommand): Promise<Reply> {
  if (mayOnlyAsk(turn)) return parts.registry.accessRequests.requestInstead(parts, turn, command);
  const instead = await untimely(parts, turn, command);
  if (instead !== null) return instead;
  const looking = beginLooking(parts, turn, command);
  const found = await findTarget(parts, turn, command, 'User');
  if (found.kind === 'reply') return found.reply;
  const subject = await findSubject(parts, turn, command, found.target, looking);
  if (subject.kind === 'reply') return subject.reply;
  const { request, card, forecast } = await createForeseen(parts.store, {
    ...requestOf(turn),
    lane: 'interactive',
    held: false,
    leftOut: [],
    tasks: [taskOn(found.target, subject.subject)],
  });
  parts.observe?.requested('person');
  const live = { kind: 'live', liveId: request.id } as const;
  return card === null ? live : { ...live, drawing: { ...drawSingle(parts, request, forecast), stored: card } };
}

declare module '../../chat/command.ts' {
  interface Commands {
    provision: { readonly subject: string; readonly app: string; readonly term?: Term };
  }
}

export const provisionCommand = defineCommand({
  verb: 'provision',
  read: readProvision,
  write: writeProvision,
  permission: 'provision.run',
  forRequesters: 'anyLine',
  ground: 'job',
  freshRoles: 'clicked',
  chapter: 'provision',
  examples: ['provision adele@contoso.com to Salesforce', 'provision "Adele Vance" to "GitHub Enterprise"'],
  offeredByTeams: { personal: 1, team: 3, groupChat: 1 },
  tryIt: null,
  form: {
    fields: { person: 'required', app: 'required' },
    toCommand: ({ subject, app }) => ({ verb: 'provision', subject, app }),
  },
  nearly: nearlyProvision,
  resolve: resolveProvision,
  run: provision,
});
