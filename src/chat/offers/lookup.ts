import type { Permission } from '../../access/caller.ts';
import { deny, type Ground } from '../../access/policy.ts';
import type { GraphTrouble } from '../../graph/answer.ts';
import { isGuest } from '../../graph/user.ts';
import type { Command, CommandOf, Verb } from '../command.ts';
import { closest } from '../grammar/closest.ts';
import { takesBack } from '../grammar/negations.ts';
import { isSelf } from '../grammar/pronouns.ts';
import { isDistinguishedName, nearest, resolvePerson, typistOf } from '../names/person.ts';
import type { CommandParts, Lookup, Turn } from '../registry/define-command.ts';
import { missingFor, refuseUnattended, refuseVerb } from '../registry/run.ts';
import { refuseOnGround, refuseUnless, say, troubleReply } from '../registry/turn.ts';
import { namesNoPerson } from './person-words.ts';
import {
  type AppSeen,
  commands,
  type Guess,
  inTurn,
  missing,
  type PeopleSeen,
  type Person,
  type PersonSeen,
  type Resolved,
  refused,
} from './resolved.ts';

/** People looked up of a longer list: enough to tell that clicking the button reaches a person. */
export const mostLookedUp = 3;

/**
 * Resolves guesses against tenant and role. It changes nothing. Each declaration of a command knows what its names may
 * be; a command that only reads, or names nothing, needs its permission and its app alone.
 */
export function createResolver(parts: CommandParts, turn: Turn): (guess: Guess) => Promise<Resolved> {
  const look = createLookup(parts, turn);
  return async ({ command, others = [] }) => {
    const unattended = refuseUnattended(parts, turn, command.verb);
    if (unattended !== null) return refused(async () => (await refuseVerb(parts, turn, command.verb)) ?? unattended);
    return look.as(command.verb, command, others);
  };
}

function createLookup(parts: CommandParts, turn: Turn): Lookup {
  const { caller, words } = turn;
  const people = new Map<string, Promise<PersonSeen>>();

  const isOperator = () => deny(caller, 'provision.run', { cloudSync: false }) === null;
  const troubled = (trouble: GraphTrouble) => refused(() => Promise.resolve(troubleReply(words, trouble)));

  function denied(permission: Permission, ground?: Ground) {
    return refused(async () => {
      const reply =
        ground === undefined
          ? await refuseUnless(parts, turn, permission)
          : await refuseOnGround(parts, turn, permission, ground);
      return reply ?? say(words, { kind: 'empty' });
    });
  }

  async function as<V extends Verb>(verb: V, command: CommandOf<V>, others: readonly string[]): Promise<Resolved> {
    const { resolve } = parts.registry.commands[verb];
    return resolve === undefined ? resolveApp(command) : resolve(look, command, others);
  }

  async function resolveApp(command: Command): Promise<Resolved> {
    const lacking = await missingFor(parts, turn, command);
    if (lacking !== null) return denied(lacking);
    if (!('app' in command) || command.app === null) return commands(command);
    const app = await findApp(command.app);
    return app.kind === 'app' ? commands({ ...command, app: app.name }) : app;
  }

  async function peopleAmong(subjects: readonly string[], appId: string | null): Promise<PeopleSeen> {
    const looked = await inTurn(subjects.slice(0, mostLookedUp), async (subject) => {
      if (isDistinguishedName(subject)) return { kind: 'person' as const, name: subject, found: [] };
      return findPerson(subject, []);
    });
    const seen = looked.flatMap((one) => (one.kind === 'person' ? [one] : []));
    const bad = looked.find((one) => one.kind === 'refused') ?? (seen.length === 0 ? looked[0] : undefined);
    if (bad === undefined || bad.kind === 'person') {
      const names = [...seen.map(({ name }) => name), ...subjects.slice(mostLookedUp)];
      return { kind: 'people', names, found: seen.flatMap(({ found }) => found ?? []) };
    }
    return (await sourceOf(appId)) === 'other' ? { kind: 'people', names: subjects, found: [] } : bad;
  }

  async function findEither(typed: string, others: readonly string[]): Promise<AppSeen | PersonSeen> {
    const whole = await findApp(typed, false);
    if (whole.kind !== 'missing') return whole;
    // A name that is there goes before one that only resembles an app's.
    for (const text of [typed, ...others]) {
      const person = await lookUp(text);
      if (person.kind === 'missing') continue;
      const isMeant = text === typed || person.kind !== 'person' || (await isOnlyOne(person, text, others));
      return isMeant ? person : missing({ kind: 'unknownUser', typed });
    }
    const near = await findApp(typed);
    return near.kind === 'missing' ? findPerson(typed, others) : near;
  }

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
    const unknown = { kind: 'unknownUser', typed } as const;
    let several: Person | null = null;
    for (const text of [typed, ...others]) {
      const seen = await lookUp(text);
      if (seen.kind === 'refused') return seen;
      if (seen.kind !== 'person') continue;
      if (seen.id !== null && typed.includes('@')) return withOthersNamed(seen, others);
      if (seen.id !== null) return text === typed || (await isOnlyOne(seen, text, others)) ? seen : missing(unknown);
      several ??= seen;
    }
    if (several !== null) return several;
    const [near] = namesNoPerson(typed) || takesBack(typed) ? [] : await nearest(parts.directory, typed);
    return near === undefined ? missing(unknown) : lookUp(near.userPrincipalName);
  }

  /** "isaiah adele": of two people side by side, neither is meant alone. */
  async function isOnlyOne(person: Person, text: string, others: readonly string[]): Promise<boolean> {
    const own = new Set(text.toLowerCase().split(' '));
    const apart = others.filter(
      (other) =>
        !other
          .toLowerCase()
          .split(' ')
          .some((word) => own.has(word)),
    );
    const beside = await inTurn(apart, lookUp);
    return beside.every((one) => one.kind !== 'person' || one.id === person.id);
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
    const known = people.get(key) ?? lookUpFresh(typed);
    people.set(key, known);
    return known;
  }

  async function lookUpFresh(typed: string): Promise<PersonSeen> {
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
        // "Adele Vance ADELE": a name that only resembles that of one member is offered as that member.
        const [only, second] = match.value.users;
        if (only !== undefined && second === undefined && !match.value.more && !isGuest(only)) {
          const { id, displayName, userPrincipalName } = only;
          return { kind: 'person', id, displayName, name: userPrincipalName, found: [displayName, typed] };
        }
        const names = match.value.users.map(({ displayName }) => displayName);
        return { kind: 'person', id: null, displayName: typed, name: typed, found: names };
      }
      default:
        return missing({ kind: 'unknownUser', typed });
    }
  }

  async function sourceOf(appId: string | null) {
    const job = appId === null ? null : await parts.synchronization.findJob(appId);
    if (appId === null || job === null || !job.ok || job.value.kind === 'none') return null;
    const rule = await parts.synchronization.findRule(appId, job.value.job.id, 'User');
    if (!rule.ok) return null;
    if (rule.value !== null) return rule.value.source;
    const own = await parts.synchronization.findSourceRule(appId, job.value.job.id);
    return own.ok ? (own.value?.source ?? null) : null;
  }

  const look: Lookup = {
    parts,
    turn,
    isOperator,
    mayOnlyCloudSync: () => !isOperator() && deny(caller, 'provision.run') === null,
    denied,
    troubled,
    findApp,
    findPerson,
    findEither,
    peopleAmong,
    sourceOf,
    as,
  };
  return look;
}
