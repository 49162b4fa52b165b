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
  /** Enough by itself, too: what one has asked for, one may take back. */
  readonly or?: Permission;
}

/** What each command needs, and how one would type it. */
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

/** What a command needs before anything else is looked at. */
export function permissionFor(verb: Verb): Permission {
  return guide[verb].permission;
}

/** A reply that refuses half a command, before any help with the other half; null for who may use a whole one. */
export async function refuseVerb(parts: CommandParts, turn: Turn, verb: Verb): Promise<Reply | null> {
  const { permission, or = permission } = guide[verb];
  // A requester who provisions asks for access by it.
  const instead = verb === 'provision' ? 'access.request' : or;
  return deny(turn.caller, instead) === null ? null : refuseUnless(parts, turn, permission);
}

/**
 * What is answered before anything is looked up for a caller without a role: a refusal, recorded, in the same words
 * whatever was said. Null for help and whoami, for a whole command, which refuses by itself, and for everyone else.
 */
export async function refuseRoleless(parts: CommandParts, turn: Turn, said: Parsed | null): Promise<Reply | null> {
  if (turn.caller.roles.length > 0 || said?.kind === 'command') return null;
  return refuseUnless(parts, turn, permissionFor(nearestVerb(said)));
}

/** The command that a line probably is; listing apps, which every role may, where that cannot be told. */
function nearestVerb(said: Parsed | null): Verb {
  if (said?.kind === 'incomplete') return isForAnyone(said.verb) ? 'apps' : said.verb;
  const meant = said?.kind === 'didYouMean' ? parse(said.suggestion) : null;
  return meant?.kind === 'command' && !isForAnyone(meant.command.verb) ? meant.command.verb : 'apps';
}

const isForAnyone = (verb: Verb) => policy[guide[verb].permission] === 'anyone';

/** A reply that refuses what no sign-in can carry on; to a caller who may not do it anyway, for that reason. */
export async function refuseImpossible(parts: CommandParts, turn: Turn, verb: Verb): Promise<Reply | null> {
  const refusal = refuseUnattended(parts, turn, verb);
  return refusal === null ? null : ((await refuseVerb(parts, turn, verb)) ?? refusal);
}

/**
 * What belongs together, in the order in which most people want it: first what only few may do, since that is why they
 * have their role. Who provisions at once seldom asks for access.
 */
const order: readonly Chapter[] = ['provision', 'decide', 'ask', 'check', 'requests', 'watch', 'about'];
const orderOfOperators: readonly Chapter[] = ['provision', 'check', 'requests', 'decide', 'ask', 'watch', 'about'];

/** The commands that this caller may use, chapter by chapter. */
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

/** `help [command]`: what this caller may do, and nothing else. */
export function help(parts: CommandParts, turn: Turn, topic: string | null): Reply {
  const named = topic === null ? null : (verbNamed(topic) ?? topic);
  const commands = commandsFor(parts, turn.caller);
  const signsIn = parts.rights === 'callers';
  return { kind: 'card', message: helpCard(turn.words, { commands, topic: named, signsIn }) };
}

/** The answer to a line that is no command: not an error, but what this caller could say instead. */
export function notUnderstood(parts: CommandParts, turn: Turn, typed: string): Reply {
  return { kind: 'card', message: notUnderstoodCard(turn.words, { commands: commandsFor(parts, turn.caller), typed }) };
}
