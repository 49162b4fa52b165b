import { deny } from '../../access/policy.ts';
import { isVisible, mayCheckOn, visibleTo } from '../../access/seeing.ts';
import type { CommandOf } from '../../chat/command.ts';
import { callNames, LIST_SEPARATOR } from '../../chat/names/app-list.ts';
import { findApplications } from '../../chat/names/named-apps.ts';
import type { Apps } from '../../chat/names/seek-apps.ts';
import { findPerson } from '../../chat/names/subject.ts';
import { mayRepair, tryAgain } from '../../chat/names/target.ts';
import { commands, type Resolved, refused } from '../../chat/offers/resolved.ts';
import { type CommandParts, defineCommand, type Lookup, type Turn } from '../../chat/registry/define-command.ts';
import { missingFor } from '../../chat/registry/run.ts';
import { type Answered, answered, recordAudit, troubleReply } from '../../chat/registry/turn.ts';
import type { Reply } from '../../chat/reply.ts';
import { viewpointOf } from '../../chat/views/viewpoint.ts';
import type { GraphTrouble } from '../../graph/answer.ts';
import type { Application } from '../../graph/applications.ts';
import type { DirectoryUser } from '../../graph/directory.ts';
import { isGuest } from '../../graph/user.ts';
import { withinMs } from '../../time-limit.ts';
import { kitForPeople } from '../provisioning/kit-line.ts';
import { appsMeant } from '../provisioning/resolve.ts';
import { checkCard } from './cards/check-card.ts';
import { checkList, type NamedApps } from './cards/check-list.ts';
import { readCheck, readCheckQuestion, writeCheck } from './check-line.ts';
import { type CheckFacts, isDue } from './diagnosis.ts';
import { readFacts, readFactsOfAll } from './facts.ts';
import { say } from './problems.ts';

type CheckCommand = CommandOf<'check'>;
type NamedCheck = CheckCommand & { readonly app: string };

/** `check <person> [in <app>]`, or in several: is it the sync or is it the user? Only reads. */
async function check(parts: CommandParts, turn: Turn, command: CheckCommand): Promise<Reply> {
  const reply =
    command.app === null
      ? checkEverywhere(parts, turn, command)
      : checkNamed(parts, turn, { ...command, app: command.app });
  const inTime = await withinMs(
    reply.then((value) => ({ ok: true as const, value })),
    patienceMs,
    parts.store.clock,
  );
  return inTime.ok ? inTime.value : troubleReply(turn.words, outOfTime, tryAgain(parts, command));
}

/**
 * Without the person or the app there is nothing to show; all other reads have their own time limits within this one.
 */
const patienceMs = 2_900;
export const outOfTime: GraphTrouble = {
  kind: 'noAnswer',
  why: 'timeout',
  trace: { clientRequestId: '', requestId: null, date: null },
};

/** More rows than this do not fit on one card with what each of them opens. */
const mostApps = 20;

async function checkNamed(parts: CommandParts, turn: Turn, command: NamedCheck): Promise<Reply> {
  const kit = await kitForPeople(parts, turn, command);
  if (kit !== null) return kit;
  const found = await findApplications(parts, turn, command);
  if (found.kind === 'reply') return found.reply;
  const [app, ...others] = found.apps;
  return others.length + found.gone.length === 0
    ? checkInOne(parts, turn, command, app)
    : checkInSeveral(parts, turn, command, found);
}

async function checkInOne(parts: CommandParts, turn: Turn, command: CheckCommand, app: Application): Promise<Reply> {
  const person = await findPerson(parts, turn, command, app);
  if (person.kind === 'reply') return person.reply;
  const seen = await seenOf(parts, turn, person.user);
  if (seen.kind === 'reply') return seen.reply;
  const facts = seen.of(await readFacts(parts, person.user, app));
  const cloudSync = facts.assignment.kind === 'notNeeded';
  const message = checkCard(turn.words, {
    person: personOf(person.user),
    app: { id: app.id, name: app.displayName },
    facts,
    elsewhere: seen.readAlong ? parts.grammar.format(command) : null,
    // Cloud sync needs a distinguished name, which a person in Entra does not provide.
    canProvision: !cloudSync && deny(turn.caller, 'provision.run', { cloudSync }) === null,
    canRepair: mayRepair(parts, turn),
    now: parts.store.clock.now(),
    entraPortalUrl: parts.entraPortal,
    viewpoint: await viewpointOf(parts, turn.caller, turn.incoming.place.kind === 'personal'),
  });
  return { kind: 'card', inPlace: true, message };
}

/**
 * A row for each of these apps, and the button that provisions the person where that is due.
 *
 * @param command is run again with the person's name in Entra
 */
async function checkInSeveral(
  parts: CommandParts,
  turn: Turn,
  command: CheckCommand,
  { apps, gone }: Apps,
): Promise<Reply> {
  const count = apps.length + gone.length;
  if (count > mostApps) return say(turn.words, { kind: 'tooManyApps', count, limit: mostApps });
  const person = await findPerson(parts, turn, command, null);
  if (person.kind === 'reply') return person.reply;
  const seen = await seenOf(parts, turn, person.user);
  if (seen.kind === 'reply') return seen.reply;
  const { userPrincipalName: subject } = person.user;
  const [read, called] = await Promise.all([readFactsOfAll(parts, person.user, apps), callNames(parts, apps)]);
  const checked = read.map(({ app, facts }) => ({ app, facts: seen.of(facts) }));
  const message = checkList(turn.words, {
    person: personOf(person.user),
    items: checked.map(({ app, facts }, index) => ({
      app: { id: app.id, name: app.displayName, called: called[index] ?? app.id },
      facts,
    })),
    listComplete: true,
    named: {
      gone,
      again: parts.grammar.format({ ...command, subject }),
      due: await dueAmong(parts, turn, subject, checked),
    },
    now: parts.store.clock.now(),
  });
  return { kind: 'card', inPlace: true, message };
}

/** Where the reader can provision the person now, and the line that does it; null where nowhere. */
async function dueAmong(
  parts: CommandParts,
  { caller }: Turn,
  subject: string,
  checked: readonly { readonly app: Application; readonly facts: CheckFacts }[],
): Promise<NamedApps['due']> {
  if (deny(caller, 'provision.run', { cloudSync: false }) !== null) return null;
  const due = checked.filter(({ facts }) => isDue(facts));
  // Cached, as the jobs' state has just been read.
  const jobs = await Promise.all(due.map(({ app }) => parts.synchronization.findJob(app.id, 'User')));
  const apps = due.flatMap(({ app }, index) => {
    const job = jobs[index];
    return job?.ok === true && job.value.kind === 'one' && !job.value.job.mustStopFirst ? [app] : [];
  });
  if (apps.length === 0) return null;
  const names = await callNames(parts, apps);
  return {
    apps: apps.map(({ displayName }) => displayName),
    line: parts.grammar.format({ verb: 'provision', subject, app: names.join(LIST_SEPARATOR) }),
  };
}

async function checkEverywhere(parts: CommandParts, turn: Turn, command: CheckCommand): Promise<Reply> {
  const person = await findPerson(parts, turn, command, null);
  if (person.kind === 'reply') return person.reply;
  const seen = await seenOf(parts, turn, person.user);
  if (seen.kind === 'reply') return seen.reply;
  const listing = await parts.applications.list();
  if (!listing.ok) return troubleReply(turn.words, listing.trouble);
  const read = await readFactsOfAll(parts, person.user, listing.value.items);
  const message = checkList(turn.words, {
    person: personOf(person.user),
    items: read.map(({ app, facts }) => ({ app: { id: app.id, name: app.displayName }, facts: seen.of(facts) })),
    listComplete: listing.value.complete,
    now: parts.store.clock.now(),
  });
  return { kind: 'card', inPlace: true, message };
}

type Seen =
  | Answered
  /** The facts without another person's request, which the caller may not see. */
  | { readonly kind: 'seen'; readonly readAlong: boolean; readonly of: (facts: CheckFacts) => CheckFacts };

/** How much of this person the caller may see; a refusal is recorded. */
export async function seenOf(parts: CommandParts, turn: Turn, user: DirectoryUser): Promise<Seen> {
  const visible = await visibleTo(parts.access, turn.caller);
  if (!visible.ok) return answered(troubleReply(turn.words, visible.trouble));
  if (!mayCheckOn(visible.value, parts.requestFor, user.id))
    return answered(await refuseCheckOn(parts, turn, user.id, user.displayName));
  const readAlong = !parts.isOpenPlace(turn.incoming.conversation);
  const hides = ({ lastEntry }: CheckFacts) =>
    lastEntry !== null &&
    (readAlong
      ? lastEntry.requestedBy.id !== turn.caller.id
      : !isVisible(visible.value, lastEntry.requestedBy.id, [user.id]));
  return { kind: 'seen', readAlong, of: (facts) => (hides(facts) ? { ...facts, lastEntry: null } : facts) };
}

/** The person, for a card. */
export function personOf(user: DirectoryUser) {
  const { id, displayName, userPrincipalName } = user;
  return { id, name: displayName, principalName: userPrincipalName, guest: isGuest(user) };
}

/** Refuses a requester's check on a person who is not one of their reports, and records the refusal. */
async function refuseCheckOn(parts: CommandParts, turn: Turn, id: string, person: string): Promise<Reply> {
  await recordAudit(parts, turn.caller.id, 'denied', {
    permission: 'others.show',
    reason: 'notTheirReport',
    subject: id,
  });
  return say(turn.words, { kind: 'checkNotYourReport', person });
}

/** A person on whom the caller may run a check, and the app. */
export async function resolveCheck(
  look: Lookup,
  command: CommandOf<'check'>,
  others: readonly string[],
): Promise<Resolved> {
  const { parts, turn } = look;
  const lacking = await missingFor(parts, turn, command);
  if (lacking !== null) return look.denied(lacking);
  const app = command.app === null ? null : await appsMeant(look, command.app);
  if (app !== null && app.kind !== 'app') return app;
  const person = await look.findPerson(command.subject, others);
  if (person.kind !== 'person') return person;
  const { id, displayName } = person;
  // Where several people have the name, the id is not known yet, and the command itself checks.
  if (id !== null) {
    const visible = await visibleTo(parts.access, turn.caller);
    if (!visible.ok) return look.troubled(visible.trouble);
    if (!mayCheckOn(visible.value, parts.requestFor, id))
      return refused(() => refuseCheckOn(parts, turn, id, displayName));
  }
  return commands({ ...command, app: app?.name ?? null, subject: person.name }, person.found);
}

declare module '../../chat/command.ts' {
  interface Commands {
    /** Is it the sync or is it the user? In one app, in several, or in all. Only reads. */
    check: { readonly subject: string; readonly app: string | null };
  }
}

export const checkCommand = defineCommand({
  verb: 'check',
  read: readCheck,
  readLoose: readCheckQuestion,
  write: writeCheck,
  permission: 'check.run',
  inPersonalChat: true,
  chapter: 'check',
  examples: ['check adele in Salesforce', 'check adele in Salesforce, GitHub', 'check adele'],
  offeredByTeams: { personal: 3, team: 2, groupChat: 3 },
  tryIt: null,
  form: {
    fields: { person: 'required', app: 'optional' },
    toCommand: ({ subjects: [subject = ''], app }) => ({ verb: 'check', subject, app: app === '' ? null : app }),
  },
  resolve: resolveCheck,
  run: check,
});
