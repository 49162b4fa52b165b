import { deny } from '../../access/policy.ts';
import type { Command, CommandOf } from '../../chat/command.ts';
import { listOfNames } from '../../chat/grammar/name-list.ts';
import { callNames, LIST_SEPARATOR } from '../../chat/names/app-list.ts';
import { findKit } from '../../chat/names/kit.ts';
import { isDistinguishedName } from '../../chat/names/person.ts';
import { kitText, saysKit, seekApps } from '../../chat/names/seek-apps.ts';
import { namesNoPerson } from '../../chat/offers/person-words.ts';
import { commands, missing, type Person, type Resolved, refused, requestFor } from '../../chat/offers/resolved.ts';
import type { Lookup } from '../../chat/registry/define-command.ts';
import { say } from './problems.ts';

/**
 * What a guess at a provisioning command resolves to: the app, and the people or the group, as the tenant has them. For
 * a caller who may only request access it becomes an access request, if that caller may make it.
 */
export async function resolveProvision(
  look: Lookup,
  command: CommandOf<'provision'>,
  others: readonly string[],
): Promise<Resolved> {
  if (!mayProvision(look)) return asRequest(look, command, others);
  const app = await appsMeant(look, command.app);
  if (app.kind !== 'app') return app;
  if (look.mayOnlyCloudSync() && (await look.sourceOf(app.id)) !== 'activeDirectory')
    return mayRequest(look) ? asRequest(look, command, others) : look.denied('provision.run', { cloudSync: false });
  const named = { ...command, app: app.name };
  if (isDistinguishedName(command.subject)) return commands(named);
  const person = await look.findPerson(command.subject, others);
  if (person.kind === 'person') return forEach(person, (subject) => ({ ...named, subject }));
  if (person.kind === 'refused') return person;
  if ((await look.sourceOf(app.id)) === 'other') return commands(named);
  if (namesNoPerson(command.subject)) return person;
  const { subject, app: _, verb: __, ...timed } = command;
  const group = await resolveGroup(look, {
    verb: 'provisionGroup',
    group: subject.replace(/^the\s+|\s+group$/gi, ''),
    members: null,
    app: app.name,
    ...timed,
  });
  // A group goes to one app.
  const isNone = group.kind === 'missing' && ['unknownGroup', 'unknownApp'].includes(group.problem.kind);
  return isNone ? person : group;
}

/** The app, or of several their names: an offered line may be for all of them. A kit stays one. */
export async function appsMeant(look: Lookup, typed: string): ReturnType<Lookup['findApp']> {
  const sought = await seekApps(look.parts, typed);
  if (sought.kind === 'apps' && (saysKit(typed) || sought.apps.length > 1)) {
    const kit = await findKit(look.parts, typed);
    const name = kit.ok && kit.value.kind === 'one' ? kitText(kit.value.kit.name) : null;
    if (name !== null) return { kind: 'app', id: sought.apps[0].id, displayName: name, name };
  }
  if (sought.kind !== 'apps' || sought.apps.length === 1) return look.findApp(typed);
  const [{ id }] = sought.apps;
  const name = (await callNames(look.parts, sought.apps)).join(LIST_SEPARATOR);
  return { kind: 'app', id, displayName: name, name };
}

/** For a requester a list becomes a request for its people. */
export async function resolveList(look: Lookup, command: CommandOf<'provisionList'>): Promise<Resolved> {
  const { subjects, verb: _, ...rest } = command;
  if (!mayProvision(look)) {
    if (!mayRequest(look)) return look.denied('provision.run');
    const seen = await look.peopleAmong(subjects, null);
    if (seen.kind !== 'people') return seen;
    const asked = await asRequest(look, { verb: 'provision', subject: listOfNames(seen.names), ...rest }, []);
    return asked.kind === 'commands' ? { ...asked, found: [...(asked.found ?? []), ...(seen.found ?? [])] } : asked;
  }
  const app = await appsMeant(look, command.app);
  if (app.kind !== 'app') return app;
  if (look.mayOnlyCloudSync() && (await look.sourceOf(app.id)) !== 'activeDirectory')
    return look.denied('provision.run', { cloudSync: false });
  const seen = await look.peopleAmong(subjects, app.id);
  if (seen.kind !== 'people') return seen;
  const [subject, second] = seen.names;
  // Only one of several was found.
  if (subject !== undefined && second === undefined && subjects.length > 1)
    return commands({ verb: 'provision', subject, ...rest, app: app.name }, seen.found);
  return commands({ ...command, subjects: seen.names, app: app.name }, seen.found);
}

export async function resolveGroup(look: Lookup, command: CommandOf<'provisionGroup'>): Promise<Resolved> {
  if (!mayProvision(look))
    return mayRequest(look)
      ? refused(() => Promise.resolve(say(look.turn.words, { kind: 'askOneByOne' })))
      : look.denied('provision.run');
  const app = await look.findApp(command.app);
  if (app.kind !== 'app') return app;
  const group = await findGroup(look, command.group);
  if (group.kind !== 'group') return group;
  if (look.mayOnlyCloudSync()) return look.denied('provision.run', { cloudSync: false });
  if (app.id !== null && app.displayName !== null && !(await takesGroups(look, app.id)))
    return missing({ kind: 'appTakesNoGroups', app: app.displayName });
  if (command.members === null) return commands({ ...command, group: group.name, app: app.name });
  const members = await look.peopleAmong(command.members, null);
  if (members.kind !== 'people') return members;
  const named = { ...command, group: group.name, members: members.names, app: app.name };
  return commands(named, members.found);
}

const mayProvision = ({ turn }: Lookup): boolean => deny(turn.caller, 'provision.run') === null;
const mayRequest = ({ turn }: Lookup): boolean => deny(turn.caller, 'access.request') === null;

function asRequest(look: Lookup, command: CommandOf<'provision'>, others: readonly string[]): Promise<Resolved> {
  return look.as('requestAccess', requestFor(command), others);
}

function forEach(person: Person, lineFor: (subject: string) => Command): Resolved {
  const all = [person, ...(person.others ?? [])];
  return {
    kind: 'commands',
    commands: all.map(({ name }) => lineFor(name)),
    found: all.flatMap(({ found }) => found ?? []),
  };
}

async function findGroup({ parts, troubled }: Lookup, typed: string) {
  for (const text of new Set([typed, typed.replace(/^(?:the|our|all)\s+/i, '')])) {
    const found = await parts.directory.findGroups(text);
    if (!found.ok) return troubled(found.trouble);
    if (found.value.kind === 'one') return { kind: 'group', name: found.value.group.displayName } as const;
    if (found.value.kind === 'several') return { kind: 'group', name: text } as const;
  }
  return missing({ kind: 'unknownGroup', typed });
}

/** Where this is unknown, the command itself reports the problem. */
async function takesGroups({ parts }: Lookup, appId: string): Promise<boolean> {
  const job = await parts.synchronization.findJob(appId);
  if (!job.ok || job.value.kind === 'none') return true;
  const rule = await parts.synchronization.findRule(appId, job.value.job.id, 'Group');
  return !rule.ok || rule.value !== null;
}
