import { mayAskFor } from '../../../access/asking.ts';
import type { Permission } from '../../../access/caller.ts';
import { deny, type Ground } from '../../../access/policy.ts';
import { mayCheckOn, visibleTo } from '../../../access/seeing.ts';
import type { GraphTrouble } from '../../../graph/answer.ts';
import { findAccessRequest } from '../../../requests/access-requests/store.ts';
import type { Command } from '../../command.ts';
import { closest } from '../../grammar/closest.ts';
import { takesBack } from '../../grammar/negations.ts';
import { isSelf } from '../../grammar/pronouns.ts';
import { nearest, resolvePerson, typistOf } from '../../lists/person.ts';
import type { CommandParts, Turn } from '../../registry/define-command.ts';
import { missingFor, refuseUnattended, refuseVerb } from '../../registry/run.ts';
import { obstacleTo } from '../access/decide.ts';
import { refuseAsking } from '../access/refuse-asking.ts';
import { findVisible, refuseUnseen } from '../access/show.ts';
import { refuseCheckOn } from '../checks/refuse-check.ts';
import { isDistinguishedName } from '../distinguished-name.ts';
import { findOwnRequest } from '../own-request.ts';
import { refuseOnGround, refuseUnless, say, troubleReply } from '../turn.ts';
import { namesNoPerson } from './person-words.ts';
import {
  type CommandOf,
  commands,
  firstOf,
  type Guess,
  type IdCommand,
  inTurn,
  missing,
  type OtherCommand,
  type Person,
  type PersonSeen,
  provisionFor,
  type Resolved,
  refused,
  requestFor,
} from './resolved.ts';

/** People looked up of a longer list: enough to tell that clicking the button reaches a person. */
const mostLookedUp = 3;

/** Resolves guesses against tenant and role, looking up each name only once. It changes nothing. */
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

  function denied(permission: Permission, ground?: Ground) {
    return refused(async () => {
      const reply =
        ground === undefined
          ? await refuseUnless(parts, turn, permission)
          : await refuseOnGround(parts, turn, permission, ground);
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
    if (person.kind === 'person') return forEach(person, (subject) => ({ ...named, subject }));
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
    const allowed = await inTurn([person, ...(person.others ?? [])], async (one): Promise<Resolved> => {
      const { id, displayName } = one;
      const may = id === null ? null : await mayAskFor(parts, caller, id);
      if (may !== null && !may.ok) return troubled(may.trouble);
      if (id !== null && may !== null && may.value !== 'may')
        return refused(() => refuseAsking(parts, turn, { id, displayName }, may.value));
      return commands({ ...command, subject: one.name, app: app.name }, one.found);
    });
    return firstOf(allowed);
  }

  /** For a requester each person of a list becomes its own line. */
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
    if (seen.kind !== 'people') return seen;
    const [subject, second] = seen.names;
    const { verb: _, subjects: __, ...rest } = { ...command, app: app.name };
    // Only one of several was found.
    if (subject !== undefined && second === undefined && command.subjects.length > 1)
      return commands({ verb: 'provision', subject, ...rest }, seen.found);
    return commands({ ...command, subjects: seen.names, app: app.name }, seen.found);
  }

  /** Leaves out people who were not found; if none of the looked-up people was found, the whole list is missing. */
  async function peopleAmong(subjects: readonly string[], appId: string | null) {
    const looked = await inTurn(subjects.slice(0, mostLookedUp), async (subject) => {
      if (isDistinguishedName(subject)) return { kind: 'person' as const, name: subject, found: [] };
      return findPerson(subject, []);
    });
    const seen = looked.flatMap((one) => (one.kind === 'person' ? [one] : []));
    const bad = looked.find((one) => one.kind === 'refused') ?? (seen.length === 0 ? looked[0] : undefined);
    if (bad === undefined || bad.kind === 'person') {
      const names = [...seen.map(({ name }) => name), ...subjects.slice(mostLookedUp)];
      return { kind: 'people', names, found: seen.flatMap(({ found }) => found ?? []) } as const;
    }
    return (await sourceOf(appId)) === 'other' ? ({ kind: 'people', names: subjects, found: [] } as const) : bad;
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
    const named = { ...command, group: group.name, members: members.names, app: app.name };
    return commands(named, members.found);
  }

  async function resolveId(command: IdCommand): Promise<Resolved> {
    const { verb, requestId } = command;
    const lacking = await missingFor(parts, turn, command);
    if (lacking !== null) return denied(lacking);
    const accessRequest = await findAccessRequest(parts.store.database, requestId);
    if (verb === 'retry' || (verb === 'cancel' && accessRequest === null)) {
      const found = await findOwnRequest(parts, turn, verb === 'retry' ? 'request.retry' : 'request.cancel', requestId);
      return found.kind === 'request' ? commands(command) : refused(() => Promise.resolve(found.reply));
    }
    if (verb === 'cancel') return commands(command);
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

  /** Commands that only read, or name nothing. */
  async function resolveOther(command: OtherCommand, others: readonly string[]): Promise<Resolved> {
    const lacking = await missingFor(parts, turn, command);
    if (lacking !== null) return denied(lacking);
    let resolved: OtherCommand = command;
    let found: readonly string[] = [];
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
      found = person.found ?? [];
    }
    if ((resolved.verb === 'history' || resolved.verb === 'exportHistory') && resolved.about !== null) {
      const about = await findEither(resolved.about, others);
      if (about.kind !== 'person' && about.kind !== 'app') return about;
      resolved = { ...resolved, about: about.name };
      if (about.kind === 'person') found = about.found ?? [];
    }
    return commands(resolved, found);
  }

  /** An exact match goes before a similar name, whether app or person. */
  async function findEither(typed: string, others: readonly string[]): Promise<AppSeen | PersonSeen> {
    const whole = await findApp(typed, false);
    if (whole.kind !== 'missing') return whole;
    const person = await lookUp(typed);
    if (person.kind !== 'missing') return person;
    const near = await findApp(typed);
    return near.kind === 'missing' ? findPerson(typed, others) : near;
  }

  /** Where several people have the name, the id is not known yet, and the command itself checks. */
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

  /** The app by the typed text if that finds it; otherwise by the name of the similar app. */
  async function findApp(typed: string, orNear = true): Promise<AppSeen> {
    const found = await parts.applications.find(typed);
    if (!found.ok) return troubled(found.trouble);
    if (found.value.kind === 'one')
      return { kind: 'app', id: found.value.app.id, displayName: found.value.app.displayName, name: typed };
    if (found.value.kind === 'several') return { kind: 'app', id: null, displayName: null, name: typed };
    const near = orNear ? closest(typed, found.value.known) : null;
    return near === null ? missing({ kind: 'unknownApp', typed }) : findApp(near);
  }

  /** As many people as can be told apart: a person by id, or a name that several share. */
  async function findPerson(typed: string, others: readonly string[]): Promise<PersonSeen> {
    let several: Person | null = null;
    for (const text of [typed, ...others]) {
      const seen = await lookUp(text);
      if (seen.kind === 'refused') return seen;
      if (seen.kind !== 'person') continue;
      if (seen.id !== null) return typed.includes('@') ? withOthersNamed(seen, others) : seen;
      several ??= seen;
    }
    if (several !== null) return several;
    const [near] = namesNoPerson(typed) || takesBack(typed) ? [] : await nearest(parts.directory, typed);
    return near === undefined ? missing({ kind: 'unknownUser', typed }) : lookUp(near.userPrincipalName);
  }

  /** "isaiah adele@contoso.com": the name next to an address may mean another person. */
  async function withOthersNamed(person: Person, others: readonly string[]): Promise<PersonSeen> {
    const beside = await inTurn(others, lookUp);
    const further = beside.flatMap((one) =>
      one.kind === 'person' && one.id !== null && one.id !== person.id ? [one] : [],
    );
    return { ...person, others: further };
  }

  function lookUp(typed: string): Promise<PersonSeen> {
    const key = typed.toLowerCase();
    const known = people.get(key) ?? lookUpAnew(typed);
    people.set(key, known);
    return known;
  }

  async function lookUpAnew(typed: string): Promise<PersonSeen> {
    if (isSelf(typed))
      return { kind: 'person', id: caller.id, displayName: caller.name, name: caller.principalName, found: [typed] };
    const match = await resolvePerson(parts.directory, typed, typistOf(turn.incoming));
    if (!match.ok) return troubled(match.trouble);
    switch (match.value.kind) {
      case 'one': {
        const { id, displayName } = match.value.user;
        return { kind: 'person', id, displayName, name: typed, found: [displayName, typed] };
      }
      case 'several': {
        const names = match.value.users.map(({ displayName }) => displayName);
        return { kind: 'person', id: null, displayName: typed, name: typed, found: names };
      }
      default:
        return missing({ kind: 'unknownUser', typed });
    }
  }

  function forEach(person: Person, lineFor: (subject: string) => Command): Resolved {
    const all = [person, ...(person.others ?? [])];
    return {
      kind: 'commands',
      commands: all.map(({ name }) => lineFor(name)),
      found: all.flatMap(({ found }) => found ?? []),
    };
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

  /** Where the people of an app's job come from; null where that is unknown. */
  async function sourceOf(appId: string | null) {
    const job = appId === null ? null : await parts.synchronization.findJob(appId);
    if (appId === null || job === null || !job.ok || job.value.kind === 'none') return null;
    const rule = await parts.synchronization.findRule(appId, job.value.job.id, 'User');
    if (!rule.ok) return null;
    if (rule.value !== null) return rule.value.source;
    const own = await parts.synchronization.findSourceRule(appId, job.value.job.id);
    return own.ok ? (own.value?.source ?? null) : null;
  }

  /** Where this is unknown, the command itself reports the problem. */
  async function takesGroups(appId: string): Promise<boolean> {
    const job = await parts.synchronization.findJob(appId);
    if (!job.ok || job.value.kind === 'none') return true;
    const rule = await parts.synchronization.findRule(appId, job.value.job.id, 'Group');
    return !rule.ok || rule.value !== null;
  }

  const troubled = (trouble: GraphTrouble) => refused(() => Promise.resolve(troubleReply(words, trouble)));

  return resolve;
}
