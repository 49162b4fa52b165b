import { mayAskFor } from '../../../access/asking.ts';
import { deny } from '../../../access/policy.ts';
import { mayCheckOn, visibleTo } from '../../../access/seeing.ts';
import type { GraphTrouble } from '../../../graph/answer.ts';
import { findAccessRequest } from '../../../requests/access-requests/store.ts';
import type { Command } from '../../command.ts';
import { closest } from '../../grammar/closest.ts';
import { isSelf } from '../../grammar/pronouns.ts';
import { nearest, resolvePerson, typistOf } from '../../lists/person.ts';
import type { Reply } from '../../reply.ts';
import type { Problem } from '../../views/problem.ts';
import { obstacleTo } from '../access/decide.ts';
import { findVisible, refuseUnseen } from '../access/show.ts';
import { refuseCheckOn } from '../checks/refuse-check.ts';
import { isDistinguishedName } from '../distinguished-name.ts';
import { permissionFor, refuseVerb } from '../help.ts';
import { findOwnRequest } from '../own-request.ts';
import { type CommandParts, record, refuseUnless, say, type Turn, troubleReply } from '../turn.ts';
import { refuseUnattended } from '../unattended.ts';
import { namesNoPerson } from './person-words.ts';

/**
 * A guess at what was meant, before it is offered: the names in it may be anything. `others` are further texts to look
 * the person up by.
 */
export interface Guess {
  readonly command: Command;
  readonly others?: readonly string[];
}

/** What a guess comes to for this caller in this tenant. Nothing but `commands` may stand on a button. */
export type Resolved =
  | {
      readonly kind: 'commands';
      readonly commands: readonly Command[];
      /** Of a list only a part became commands. */
      readonly more?: boolean;
      /** Those of `others` that name another person than the one who was found. */
      readonly unused?: readonly string[];
    }
  /** The caller may not; the refusal is recorded when it is told. */
  | { readonly kind: 'refused'; readonly reply: () => Promise<Reply> }
  | { readonly kind: 'missing'; readonly problem: Problem };

/** Of a longer list so many people are looked up: enough to tell that pressing the button reaches a person. */
const mostLookedUp = 3;

/** Resolves guesses against tenant and role, each name once however many guesses hold it. It changes nothing. */
export function createResolver(parts: CommandParts, turn: Turn): (guess: Guess) => Promise<Resolved> {
  const { caller, words } = turn;
  const people = new Map<string, Promise<PersonSeen>>();

  async function resolve(guess: Guess): Promise<Resolved> {
    const unattended = refuseUnattended(parts, turn, guess.command.verb);
    if (unattended !== null)
      return refused(async () => (await refuseVerb(parts, turn, guess.command.verb)) ?? unattended);
    const { command } = guess;
    switch (command.verb) {
      case 'provision':
        return isOperator() || mayOnlyCloudSync()
          ? resolveProvision(command, guess.others ?? [])
          : asRequest(requestFor(command), guess.others ?? []);
      case 'requestAccess':
        return isOperator() && command.start === null
          ? resolveProvision(provisionFor(command), guess.others ?? [])
          : asRequest(command, guess.others ?? []);
      case 'provisionList':
        return resolveList(command);
      case 'provisionGroup':
        return resolveGroup(command);
      case 'retry':
      case 'cancel':
      case 'approve':
      case 'deny':
      case 'show':
        return resolveId(command);
      default:
        return resolveOther(command, guess.others ?? []);
    }
  }

  const isOperator = () => deny(caller, 'provision.run', { cloudSync: false }) === null;
  const mayOnlyCloudSync = () => !isOperator() && deny(caller, 'provision.run') === null;
  const mayAsk = () => deny(caller, 'access.request') === null;

  function denied(...[permission, ground]: [Parameters<typeof refuseUnless>[2], Parameters<typeof refuseUnless>[3]?]) {
    return refused(async () => {
      const reply = await refuseUnless(parts, turn, permission, ground);
      return reply ?? say(words, { kind: 'empty' });
    });
  }

  async function resolveProvision(command: CommandOf<'provision'>, others: readonly string[]): Promise<Resolved> {
    const app = await findApp(command.app);
    if (app.kind !== 'app') return app;
    if (mayOnlyCloudSync() && (await sourceOf(app.id)) !== 'activeDirectory')
      return mayAsk() ? asRequest(requestFor(command), others) : denied('provision.run', { cloudSync: false });
    const named = { ...command, app: app.name };
    if (isDistinguishedName(command.subject)) return commands(named);
    const person = await findPerson(command.subject, others);
    if (person.kind === 'person') return commands({ ...named, subject: person.name }, person.unused);
    if (person.kind === 'refused') return person;
    if ((await sourceOf(app.id)) === 'other') return commands(named);
    if (namesNoPerson(command.subject)) return person;
    const { subject, app: _, verb: __, ...timed } = command;
    const asGroup = { verb: 'provisionGroup', group: subject, members: null, app: app.name, ...timed } as const;
    const group = await resolveGroup(asGroup);
    return group.kind === 'missing' && group.problem.kind === 'unknownGroup' ? person : group;
  }

  async function asRequest(command: CommandOf<'requestAccess'>, others: readonly string[]): Promise<Resolved> {
    const unattended = refuseUnattended(parts, turn, 'requestAccess');
    if (!mayAsk() || unattended !== null) return denied(isOperator() ? 'access.request' : 'provision.run');
    const app = await findApp(command.app);
    if (app.kind !== 'app') return app;
    const person = await findPerson(command.subject, others);
    if (person.kind !== 'person') return person;
    const { id } = person;
    if (id !== null) {
      const may = await mayAskFor(parts, caller, id);
      if (!may.ok) return troubled(may.trouble);
      if (may.value !== 'may') return refused(() => refuseAsking(id, person.displayName, may.value));
    }
    return commands({ ...command, subject: person.name, app: app.name }, person.unused);
  }

  async function refuseAsking(id: string, person: string, reason: string): Promise<Reply> {
    await record(parts, caller.id, 'denied', { permission: 'access.request', reason, subject: id });
    return say(words, id === caller.id ? { kind: 'askForSelf' } : { kind: 'notYourReport', person });
  }

  /** For a requester each person of a list is a line of its own. */
  async function resolveList(command: CommandOf<'provisionList'>): Promise<Resolved> {
    if (deny(caller, 'provision.run') !== null) {
      if (!mayAsk()) return denied('provision.run');
      const each = await inTurn(command.subjects.slice(0, mostLookedUp), (subject) =>
        asRequest(requestFor({ ...command, subject }), []),
      );
      const some = firstOf(each);
      return some.kind === 'commands' ? { ...some, more: command.subjects.length > mostLookedUp } : some;
    }
    const app = await findApp(command.app);
    if (app.kind !== 'app') return app;
    if (mayOnlyCloudSync() && (await sourceOf(app.id)) !== 'activeDirectory')
      return denied('provision.run', { cloudSync: false });
    const seen = await peopleAmong(command.subjects, app.id);
    return seen.kind === 'people' ? commands({ ...command, subjects: seen.names, app: app.name }) : seen;
  }

  async function peopleAmong(subjects: readonly string[], appId: string | null) {
    const looked = await inTurn(subjects.slice(0, mostLookedUp), async (subject) => {
      if (isDistinguishedName(subject)) return { kind: 'person' as const, name: subject };
      return findPerson(subject, []);
    });
    const names = looked.map((one, at) => (one.kind === 'person' ? one.name : (subjects[at] ?? '')));
    const all = [...names, ...subjects.slice(mostLookedUp)];
    const bad = looked.find((one) => one.kind !== 'person');
    const some = subjects.length > mostLookedUp && looked.some((one) => one.kind === 'person');
    if (bad === undefined || some) return { kind: 'people', names: all } as const;
    return (await sourceOf(appId)) === 'other' ? ({ kind: 'people', names: all } as const) : bad;
  }

  async function resolveGroup(command: CommandOf<'provisionGroup'>): Promise<Resolved> {
    if (deny(caller, 'provision.run') !== null)
      return mayAsk() ? refused(() => Promise.resolve(say(words, { kind: 'askOneByOne' }))) : denied('provision.run');
    const app = await findApp(command.app);
    if (app.kind !== 'app') return app;
    const group = await findGroup(command.group);
    if (group.kind !== 'group') return group;
    if (mayOnlyCloudSync()) return denied('provision.run', { cloudSync: false });
    if (app.id !== null && app.displayName !== null && !(await takesGroups(app.id)))
      return missing({ kind: 'appTakesNoGroups', app: app.displayName });
    if (command.members === null) return commands({ ...command, group: group.name, app: app.name });
    const members = await peopleAmong(command.members, null);
    if (members.kind !== 'people') return members;
    return commands({ ...command, group: group.name, members: members.names, app: app.name });
  }

  async function resolveId(
    command: Extract<Command, { verb: 'retry' | 'cancel' | 'approve' | 'deny' | 'show' }>,
  ): Promise<Resolved> {
    const { verb, requestId } = command;
    const accessRequest = await findAccessRequest(parts.store.database, requestId);
    if (verb === 'retry' || (verb === 'cancel' && accessRequest === null)) {
      const found = await findOwnRequest(parts, turn, verb === 'retry' ? 'request.retry' : 'request.cancel', requestId);
      return found.kind === 'request' ? commands(command) : refused(() => Promise.resolve(found.reply));
    }
    if (verb === 'cancel') {
      const isOwn = accessRequest?.asker.id === caller.id;
      return isOwn || deny(caller, 'access.cancel') === null ? commands(command) : denied('access.cancel');
    }
    const permission = verb === 'show' ? 'history.show' : 'access.decide';
    if (deny(caller, permission) !== null) return denied(permission);
    if (verb === 'show') {
      const visible = await visibleTo(parts.access, caller);
      if (!visible.ok) return troubled(visible.trouble);
      const found = await findVisible(parts, caller, visible.value, requestId);
      if (found.kind === 'none') return refused(() => refuseUnseen(parts, turn, requestId, found.isThere));
      return found.kind === 'unknown' ? missing({ kind: 'unknownRequest', id: requestId }) : commands(command);
    }
    if (accessRequest === null) return missing({ kind: 'unknownAccessRequest', id: requestId });
    const reason = command.verb === 'deny' ? command.reason : null;
    const verdict = verb === 'approve' ? ({ kind: 'approve' } as const) : ({ kind: 'deny', reason } as const);
    const obstacle = await obstacleTo(parts, turn, accessRequest, verdict);
    return obstacle === null ? commands(command) : refused(() => Promise.resolve(obstacle));
  }

  /** What only reads, or names nothing. */
  async function resolveOther(command: OtherCommand, others: readonly string[]): Promise<Resolved> {
    const permission = permissionFor(command.verb);
    if (deny(caller, permission) !== null) return denied(permission);
    let resolved: OtherCommand = command;
    let unused: readonly string[] = [];
    if ('app' in resolved && resolved.app !== null) {
      const app = await findApp(resolved.app);
      if (app.kind !== 'app') return app;
      resolved = { ...resolved, app: app.name };
    }
    if (resolved.verb === 'check') {
      const person = await findPerson(resolved.subject, others);
      if (person.kind !== 'person') return person;
      const unseen = await refuseChecking(person.id, person.displayName);
      if (unseen !== null) return unseen;
      resolved = { ...resolved, subject: person.name };
      unused = person.unused ?? [];
    }
    if ((resolved.verb === 'history' || resolved.verb === 'exportHistory') && resolved.about !== null) {
      const about = await findEither(resolved.about, others);
      if (about.kind !== 'person' && about.kind !== 'app') return about;
      resolved = { ...resolved, about: about.name };
    }
    return commands(resolved, unused);
  }

  /** What is there goes before what is near, whether an app or a person. */
  async function findEither(typed: string, others: readonly string[]): Promise<AppSeen | PersonSeen> {
    const whole = await findApp(typed, false);
    if (whole.kind !== 'missing') return whole;
    const person = await lookUp(typed);
    if (person.kind !== 'missing') return person;
    const near = await findApp(typed);
    return near.kind === 'missing' ? findPerson(typed, others) : near;
  }

  /** Of several people of the name none is known yet, and the command itself looks. */
  async function refuseChecking(id: string | null, person: string): Promise<Resolved | null> {
    if (id === null) return null;
    const visible = await visibleTo(parts.access, caller);
    if (!visible.ok) return troubled(visible.trouble);
    if (mayCheckOn(visible.value, parts.requestFor, id)) return null;
    return refused(() => refuseCheckOn(parts, turn, id, person));
  }

  type AppSeen =
    | { readonly kind: 'app'; readonly id: string | null; readonly displayName: string | null; readonly name: string }
    | Exclude<Resolved, { kind: 'commands' }>;

  /** The app by what was typed, where that finds it; by the name of the one that is near otherwise. */
  async function findApp(typed: string, orNear = true): Promise<AppSeen> {
    const found = await parts.applications.find(typed);
    if (!found.ok) return troubled(found.trouble);
    if (found.value.kind === 'one')
      return { kind: 'app', id: found.value.app.id, displayName: found.value.app.displayName, name: typed };
    if (found.value.kind === 'several') return { kind: 'app', id: null, displayName: null, name: typed };
    const near = orNear ? closest(typed, found.value.known) : null;
    return near === null ? missing({ kind: 'unknownApp', typed }) : findApp(near);
  }

  type PersonSeen =
    | {
        readonly kind: 'person';
        readonly id: string | null;
        readonly displayName: string;
        readonly name: string;
        readonly unused?: readonly string[];
      }
    | Exclude<Resolved, { kind: 'commands' }>;

  async function findPerson(typed: string, others: readonly string[]): Promise<PersonSeen> {
    for (const text of [typed, ...others]) {
      const seen = await lookUp(text);
      if (seen.kind === 'person') return { ...seen, unused: others.filter((other) => !text.includes(other)) };
      if (seen.kind === 'refused') return seen;
    }
    const [near] = namesNoPerson(typed) ? [] : await nearest(parts.directory, typed);
    return near === undefined ? missing({ kind: 'unknownUser', typed }) : lookUp(near.userPrincipalName);
  }

  function lookUp(typed: string): Promise<PersonSeen> {
    const key = typed.toLowerCase();
    const known = people.get(key) ?? lookUpAnew(typed);
    people.set(key, known);
    return known;
  }

  async function lookUpAnew(typed: string): Promise<PersonSeen> {
    if (isSelf(typed)) return { kind: 'person', id: caller.id, displayName: caller.name, name: caller.principalName };
    const found = await resolvePerson(parts.directory, typed, typistOf(turn.incoming));
    if (!found.ok) return troubled(found.trouble);
    switch (found.value.kind) {
      case 'one':
        return { kind: 'person', id: found.value.user.id, displayName: found.value.user.displayName, name: typed };
      case 'several':
        return { kind: 'person', id: null, displayName: typed, name: typed };
      default:
        return missing({ kind: 'unknownUser', typed });
    }
  }

  async function findGroup(typed: string) {
    for (const text of new Set([typed, typed.replace(/^(?:the|our|all)\s+/i, '')])) {
      const found = await parts.directory.findGroups(text);
      if (!found.ok) return troubled(found.trouble);
      if (found.value.kind === 'one') return { kind: 'group', name: found.value.group.displayName } as const;
      if (found.value.kind === 'several') return { kind: 'group', name: text } as const;
    }
    return missing({ kind: 'unknownGroup', typed });
  }

  /** Where the people of an app's job come from; null where that cannot be told. */
  async function sourceOf(appId: string | null) {
    const job = appId === null ? null : await parts.synchronization.findJob(appId);
    if (appId === null || job === null || !job.ok || job.value.kind === 'none') return null;
    const rule = await parts.synchronization.findRule(appId, job.value.job.id, 'User');
    if (!rule.ok) return null;
    if (rule.value !== null) return rule.value.source;
    const own = await parts.synchronization.findSourceRule(appId, job.value.job.id);
    return own.ok ? (own.value?.source ?? null) : null;
  }

  /** Where that cannot be told, the command itself says what is wrong. */
  async function takesGroups(appId: string): Promise<boolean> {
    const job = await parts.synchronization.findJob(appId);
    if (!job.ok || job.value.kind === 'none') return true;
    const rule = await parts.synchronization.findRule(appId, job.value.job.id, 'Group');
    return !rule.ok || rule.value !== null;
  }

  const troubled = (trouble: GraphTrouble) => refused(() => Promise.resolve(troubleReply(words, trouble)));

  return resolve;
}

type CommandOf<V extends Command['verb']> = Extract<Command, { verb: V }>;
type OtherCommand = Exclude<
  Command,
  CommandOf<
    | 'provision'
    | 'requestAccess'
    | 'provisionList'
    | 'provisionGroup'
    | 'retry'
    | 'cancel'
    | 'approve'
    | 'deny'
    | 'show'
  >
>;

/** A line about provisioning as the request that it is for those who may only ask. */
function requestFor({
  subject,
  app,
  term = { start: null, end: null, reason: null },
}: Pick<CommandOf<'provision'>, 'subject' | 'app' | 'term'>): CommandOf<'requestAccess'> {
  return { verb: 'requestAccess', subject, app, ...term };
}

/** The other way round. Its reason is told beside the line, and its end in it. */
function provisionFor({ subject, app, end }: CommandOf<'requestAccess'>): CommandOf<'provision'> {
  return { verb: 'provision', subject, app, ...(end === null ? {} : { term: { start: null, end, reason: null } }) };
}

function commands(command: Command, unused: readonly string[] = []): Resolved {
  return { kind: 'commands', commands: [command], unused };
}

function refused(reply: () => Promise<Reply>): Extract<Resolved, { kind: 'refused' }> {
  return { kind: 'refused', reply };
}

function missing(problem: Problem): Extract<Resolved, { kind: 'missing' }> {
  return { kind: 'missing', problem };
}

/** What can be offered of several; else the first refusal, else what was not found. */
export function firstOf(all: readonly Resolved[]): Resolved {
  const offered = all.flatMap((one) => (one.kind === 'commands' ? one.commands : []));
  const more = all.some((one) => one.kind === 'commands' && one.more === true);
  const unused = all.flatMap((one) => (one.kind === 'commands' ? (one.unused ?? []) : []));
  if (offered.length > 0) return { kind: 'commands', commands: offered, more, unused };
  const [first] = all;
  return all.find((one) => one.kind === 'refused') ?? first ?? missing({ kind: 'empty' });
}

export async function inTurn<T, R>(items: readonly T[], each: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await each(item));
  return results;
}
