import { mayAskFor, mayAskForKit } from '../../access/asking.ts';
import type { CommandOf } from '../../chat/command.ts';
import { namesInList } from '../../chat/grammar/name-list.ts';
import { findApplications } from '../../chat/names/named-apps.ts';
import { findPeople } from '../../chat/names/people.ts';
import { resolvePerson, typistOf } from '../../chat/names/person.ts';
import { type Apps, type AppsSought, seekApps } from '../../chat/names/seek-apps.ts';
import { findPerson } from '../../chat/names/subject.ts';
import { type Obstacle, obstacleReply, seeJob, tryAgain } from '../../chat/names/target.ts';
import type { CommandParts, Turn } from '../../chat/registry/define-command.ts';
import { type Answered, answered, recordAudit, troubleReply } from '../../chat/registry/turn.ts';
import type { Application } from '../../graph/applications.ts';
import type { DirectoryUser } from '../../graph/directory.ts';
import type { Kit } from '../../graph/kit-apps.ts';
import type { LeftOut } from '../../requests/request.ts';
import { say } from './problems.ts';

/**
 * The people and apps of a line that asks for more than one account. The grammar reads one name on either side; only the
 * tenant tells whether "Isaiah and Lee" is one person and "Webex, Cisco" one app. What cannot be asked for is left out,
 * each with its reason; where nothing is left, the answer is that of a line for one.
 */
type RequestAccessCommand = CommandOf<'requestAccess'>;

/** More people times apps would fit on no approver's card, and in no approver's head. */
const mostLines = 50;

export interface Several {
  readonly kind: 'several';
  readonly apps: readonly [Application, ...Application[]];
  readonly users: readonly [DirectoryUser, ...DirectoryUser[]];
  readonly leftOut: readonly LeftOut[];
  /** The kits that the line names. */
  readonly kits: readonly Kit[];
}

/** Null for a line for one person and one app. */
export async function findSeveral(
  parts: CommandParts,
  turn: Turn,
  command: RequestAccessCommand,
): Promise<Several | Answered | null> {
  const sought = await seekApps(parts, command.app);
  const names = await namesOf(parts, turn, command.subject);
  if (names.length < 2 && !isOfSeveral(sought)) return null;
  const found = await findApplications(parts, turn, command);
  if (found.kind === 'reply') return found;
  const closed = found.kits.find((kit) => !mayAskForKit(turn.caller, kit));
  if (closed !== undefined) {
    await recordAudit(parts, turn.caller.id, 'denied', {
      permission: 'access.request',
      reason: 'kit',
      kit: closed.name,
    });
    return answered(say(turn.words, { kind: 'notYourKit', kit: closed.name }));
  }
  const count = names.length * found.apps.length;
  if (count > mostLines) return answered(say(turn.words, { kind: 'tooManyLines', count, limit: mostLines }));
  const apps = await takingPeople(parts, turn, command, found);
  if (apps.kind === 'reply') return apps;
  const people = await findThem(parts, turn, command, names);
  if (people.kind === 'reply') return people;
  const may = await mayBeAskedFor(parts, turn, command, people.users);
  if (may.kind === 'reply') return may;
  return {
    kind: 'several',
    apps: apps.apps,
    users: may.users,
    kits: found.kits,
    leftOut: [...apps.leftOut, ...people.leftOut, ...may.leftOut],
  };
}

function isOfSeveral(sought: AppsSought): boolean {
  if (sought.kind === 'apps') return sought.apps.length > 1 || sought.gone.length > 0 || sought.kits.length > 0;
  if (sought.kind === 'emptyKit') return true;
  return 'names' in sought && (sought.names.length > 1 || (sought.kind === 'none' && sought.isKit));
}

async function namesOf({ directory }: CommandParts, { incoming }: Turn, subject: string): Promise<readonly string[]> {
  const names = namesInList(subject);
  if (names.length < 2) return [subject];
  const whole = await resolvePerson(directory, subject, typistOf(incoming));
  return whole.ok && whole.value.kind === 'one' ? [subject] : names;
}

type Some<Key extends string, One> = { readonly [K in Key]: readonly [One, ...One[]] } & {
  readonly kind: 'some';
  readonly leftOut: readonly LeftOut[];
};

/** The apps whose people come from Entra. Quarantine does not matter yet, as days may pass before anything starts. */
async function takingPeople(
  parts: CommandParts,
  turn: Turn,
  command: RequestAccessCommand,
  { apps, gone, repeated }: Apps,
): Promise<Some<'apps', Application> | Answered> {
  const taking: Application[] = [];
  const blocked: (Obstacle & { readonly kind: 'blocked' })[] = [];
  for (const app of apps) {
    const seen = await seeForAccess(parts, app);
    if (seen.kind === 'trouble') return answered(await obstacleReply(parts, turn, command, seen));
    if (seen.kind === 'blocked') blocked.push(seen);
    else taking.push(app);
  }
  const [first, ...others] = taking;
  const [obstacle] = blocked;
  if (first === undefined && obstacle !== undefined)
    return answered(await obstacleReply(parts, turn, command, obstacle));
  if (first === undefined) throw new Error('a line names an app at least');
  const leftOut = [
    ...blocked.map(({ app, why }) => left(app.displayName, reasonOf(why.kind))),
    ...gone.map((name) => left(name, 'appGone')),
    ...repeated.map((name) => left(name, 'repeatedApp')),
  ];
  return { kind: 'some', apps: [first, ...others], leftOut };
}

async function seeForAccess(parts: CommandParts, app: Application): Promise<Obstacle | { readonly kind: 'app' }> {
  const seen = await seeJob(parts, app, 'User');
  if (seen.kind !== 'app') return seen;
  const rule = await parts.synchronization.findRule(app.id, seen.job.id, 'User');
  if (!rule.ok) return { kind: 'trouble', trouble: rule.trouble };
  if (rule.value?.source === 'entra') return { kind: 'app' };
  return { kind: 'blocked', app, why: { kind: 'accessNeedsEntraApp', app: app.displayName } };
}

function reasonOf(kind: string): LeftOut['reason'] {
  return kind === 'appDisabled' || kind === 'appNotConfigured' ? kind : 'accessNeedsEntraApp';
}

const left = (text: string, reason: LeftOut['reason']): LeftOut => ({ text, reason, suggestions: [] });

/** Of a single name that fits several people, one is chosen; of several names, those that fit are taken. */
async function findThem(
  parts: CommandParts,
  turn: Turn,
  command: RequestAccessCommand,
  names: readonly string[],
): Promise<Some<'users', DirectoryUser> | Answered> {
  if (names.length < 2) {
    const person = await findPerson(parts, turn, command, null);
    return person.kind === 'reply' ? person : { kind: 'some', users: [person.user], leftOut: [] };
  }
  const found = await findPeople(parts.directory, names, typistOf(turn.incoming));
  if (found.kind === 'trouble') return answered(troubleReply(turn.words, found.trouble, tryAgain(parts, command)));
  const [first, ...others] = found.people;
  if (first === undefined) return answered(say(turn.words, { kind: 'noneFound', names: turn.words.commas(names) }));
  return { kind: 'some', users: [first, ...others], leftOut: found.leftOut };
}

/** Those for whom the caller may ask; the others are recorded as refused. */
async function mayBeAskedFor(
  parts: CommandParts,
  turn: Turn,
  command: RequestAccessCommand,
  users: readonly DirectoryUser[],
): Promise<Some<'users', DirectoryUser> | Answered> {
  const { caller, words } = turn;
  const allowed: DirectoryUser[] = [];
  const refused: DirectoryUser[] = [];
  for (const user of users) {
    const may = await mayAskFor(parts, caller, user.id);
    if (!may.ok) return answered(troubleReply(words, may.trouble, tryAgain(parts, command)));
    if (may.value === 'may') {
      allowed.push(user);
      continue;
    }
    refused.push(user);
    const about = { permission: 'access.request', reason: may.value, subject: user.id } as const;
    await recordAudit(parts, caller.id, 'denied', about);
  }
  const [first, ...others] = allowed;
  const isSelf = ({ id }: DirectoryUser) => id === caller.id;
  if (first !== undefined) {
    const leftOut = refused.map((user) => left(user.displayName, isSelf(user) ? 'forYourself' : 'notYourReport'));
    return { kind: 'some', users: [first, ...others], leftOut };
  }
  const stranger = refused.find((user) => !isSelf(user));
  return answered(
    say(
      words,
      stranger === undefined ? { kind: 'askForSelf' } : { kind: 'notYourReport', person: stranger.displayName },
    ),
  );
}
