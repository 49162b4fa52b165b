import type { Caller, Permission } from '../../access/caller.ts';
import { deny, policy } from '../../access/policy.ts';
import type { Parsed, Verb } from '../command.ts';
import { parse } from '../grammar/parse.ts';
import { spellingOf, verbNamed, verbs } from '../grammar/verbs.ts';
import type { Reply } from '../reply.ts';
import { type CommandHelp, help as helpCard, notUnderstoodCard } from '../views/help.ts';
import { type Chapter, verbsOf } from '../views/help-chapters.ts';
import { type CommandParts, refuseUnless, type Turn } from './turn.ts';
import { isPossible, refuseUnattended } from './unattended.ts';

interface GuideEntry extends Omit<CommandHelp, 'verb'> {
  readonly permission: Permission;
  /** An alternative permission: requesters may cancel their own requests. */
  readonly or?: Permission;
}

/** The permission and examples of each command. */
const guide: Readonly<Record<Verb, GuideEntry>> = {
  provision: {
    permission: 'provision.run',
    examples: ['provision adele@contoso.com to Salesforce', 'provision "Adele Vance" to "GitHub Enterprise"'],
    tryIt: null,
  },
  provisionList: {
    permission: 'provision.run',
    examples: ['provision users adele@contoso.com, isaiah@contoso.com to Salesforce'],
    tryIt: null,
  },
  provisionGroup: {
    permission: 'provision.run',
    examples: [
      'provision group "Sales Team" to "GitHub Enterprise"',
      'provision group "Sales Team" to "GitHub Enterprise" with members priya, tomasz',
    ],
    tryIt: null,
  },
  retry: { permission: 'request.retry', examples: ['retry R7K3MQ'], tryIt: null },
  cancel: { permission: 'request.cancel', or: 'access.request', examples: ['cancel R7K3MQ'], tryIt: null },
  requestAccess: {
    permission: 'access.request',
    examples: [
      'request access for isaiah to Salesforce on 1 December because he joins Sales',
      'request access for "Isaiah Langer" to "GitHub Enterprise"',
    ],
    tryIt: null,
  },
  accessForm: { permission: 'access.request', examples: ['request'], tryIt: 'request' },
  approve: { permission: 'access.decide', examples: ['approve R7K3MQ'], tryIt: null },
  deny: { permission: 'access.decide', examples: ['deny R7K3MQ he has it already'], tryIt: null },
  pending: { permission: 'access.decide', examples: ['pending', 'pending 2'], tryIt: 'pending' },
  show: { permission: 'apps.list', examples: ['show R7K3MQ'], tryIt: null },
  sendApprovalsHere: { permission: 'access.decide', examples: ['send approvals here'], tryIt: null },
  stopSendingApprovals: { permission: 'access.decide', examples: ['stop sending approvals'], tryIt: null },
  approvalPlaces: { permission: 'places.manage', examples: ['approval places'], tryIt: 'approval places' },
  removeApprovalPlace: { permission: 'places.manage', examples: ['remove approval place 1f3a9c07'], tryIt: null },
  cancelAllBy: { permission: 'access.cancel', examples: ['cancel all by adele@contoso.com'], tryIt: null },
  status: { permission: 'status.show', examples: ['status', 'status Salesforce'], tryIt: 'status' },
  check: { permission: 'check.run', examples: ['check adele in Salesforce', 'check adele'], tryIt: null },
  queue: { permission: 'queue.show', examples: ['queue'], tryIt: 'queue' },
  history: {
    permission: 'history.show',
    examples: ['history Salesforce since monday', 'history adele', 'history since 1 November page 2'],
    tryIt: 'history',
  },
  requests: { permission: 'history.show', examples: ['requests', 'requests page 2'], tryIt: 'requests' },
  exportHistory: {
    permission: 'history.export',
    examples: ['export history since 1 November', 'export history of adele'],
    tryIt: null,
  },
  watch: { permission: 'watch.change', examples: ['watch Salesforce'], tryIt: null },
  unwatch: { permission: 'watch.change', examples: ['unwatch Salesforce'], tryIt: null },
  watches: { permission: 'status.show', examples: ['watches'], tryIt: 'watches' },
  allWatches: { permission: 'watches.manage', examples: ['watches all'], tryIt: 'watches all' },
  removeWatch: { permission: 'watches.manage', examples: ['remove watch 1f3a9c07'], tryIt: null },
  apps: { permission: 'apps.list', examples: ['apps', 'apps sales'], tryIt: 'apps' },
  whoami: { permission: 'self.show', examples: ['whoami'], tryIt: 'whoami' },
  help: { permission: 'help.show', examples: ['help'], tryIt: null },
};

/** The permission that a command needs before anything else is checked. */
export function permissionFor(verb: Verb): Permission {
  return guide[verb].permission;
}

/** Refuses half a command before helping with the other half; null for a caller who may run the whole command. */
export async function refuseVerb(parts: CommandParts, turn: Turn, verb: Verb): Promise<Reply | null> {
  const { permission, or = permission } = guide[verb];
  // A requester who types `provision` requests access.
  const instead = verb === 'provision' ? 'access.request' : or;
  return deny(turn.caller, instead) === null ? null : refuseUnless(parts, turn, permission);
}

/**
 * Refuses a caller without a role before anything is looked up, in the same words whatever was typed, and records the
 * refusal. Null for help and whoami, for a whole command, which refuses by itself, and for callers with a role.
 */
export async function refuseRoleless(parts: CommandParts, turn: Turn, said: Parsed | null): Promise<Reply | null> {
  if (turn.caller.roles.length > 0 || said?.kind === 'command') return null;
  return refuseUnless(parts, turn, permissionFor(nearestVerb(said)));
}

/** The command that a line probably is; listing apps, which every role may, where that is unclear. */
function nearestVerb(said: Parsed | null): Verb {
  if (said?.kind === 'incomplete') return isForAnyone(said.verb) ? 'apps' : said.verb;
  const meant = said?.kind === 'didYouMean' ? parse(said.suggestion) : null;
  return meant?.kind === 'command' && !isForAnyone(meant.command.verb) ? meant.command.verb : 'apps';
}

const isForAnyone = (verb: Verb) => policy[guide[verb].permission] === 'anyone';

/**
 * Refuses commands that need application permission; a caller without the command's own permission is refused for that.
 */
export async function refuseImpossible(parts: CommandParts, turn: Turn, verb: Verb): Promise<Reply | null> {
  const refusal = refuseUnattended(parts, turn, verb);
  return refusal === null ? null : ((await refuseVerb(parts, turn, verb)) ?? refusal);
}

/**
 * Chapters in the order in which most callers want them: first what only few may do, since that is why they have their
 * role. Operators seldom request access.
 */
const order: readonly Chapter[] = ['provision', 'decide', 'ask', 'check', 'requests', 'watch', 'about'];
const orderOfOperators: readonly Chapter[] = ['provision', 'check', 'requests', 'decide', 'ask', 'watch', 'about'];

/** The commands that this caller may use, by chapter. */
export function commandsFor({ rights }: Pick<CommandParts, 'rights'>, caller: Caller): CommandHelp[] {
  const allowed = verbs.filter((verb) => {
    if (!isPossible(verb, rights)) return false;
    const { permission, or = permission } = guide[verb];
    return deny(caller, permission) === null || deny(caller, or) === null;
  });
  const chapters = deny(caller, 'provision.run') === null ? orderOfOperators : order;
  const sorted = chapters.flatMap((chapter) => verbsOf[chapter].filter((verb) => allowed.includes(verb)));
  const [first = 'help'] = sorted;
  return sorted.map((verb) => {
    const { examples, tryIt } = guide[verb];
    return { verb, examples: verb === 'help' ? [...examples, `help ${spellingOf(first)}`] : examples, tryIt };
  });
}

/** `help [command]`: only what this caller may do. */
export function help(parts: CommandParts, turn: Turn, topic: string | null): Reply {
  const named = topic === null ? null : (verbNamed(topic) ?? topic);
  const commands = commandsFor(parts, turn.caller);
  const signsIn = parts.rights === 'callers';
  return { kind: 'card', message: helpCard(turn.words, { commands, topic: named, signsIn }) };
}

/** The answer to a line that is no command: not an error, but what this caller could type instead. */
export function notUnderstood(parts: CommandParts, turn: Turn, typed: string): Reply {
  return { kind: 'card', message: notUnderstoodCard(turn.words, { commands: commandsFor(parts, turn.caller), typed }) };
}
