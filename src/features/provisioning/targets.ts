import pMap from 'p-map';
import { findApplications } from '../../chat/names/named-apps.ts';
import { toSubject } from '../../chat/names/people.ts';
import { type Apps, seekApps } from '../../chat/names/seek-apps.ts';
import { subjectById } from '../../chat/names/subject.ts';
import { type Obstacle, obstacleReply, seeTarget, type Target, taskOn } from '../../chat/names/target.ts';
import type { AppCommand } from '../../chat/offers/guesses.ts';
import type { CommandParts, Turn } from '../../chat/registry/define-command.ts';
import { type Answered, answered, troubleReply } from '../../chat/registry/turn.ts';
import type { GraphTrouble } from '../../graph/answer.ts';
import type { Application } from '../../graph/applications.ts';
import type { DirectoryUser } from '../../graph/directory.ts';
import type { Kit } from '../../graph/kit-apps.ts';
import type { LeftOut } from '../../requests/request.ts';
import type { NewTask } from '../../requests/store.ts';

/** The apps of a line that take a call now; of several, those that take none are left out, each with its reason. */
export interface Targets {
  readonly kind: 'targets';
  readonly targets: readonly [Target, ...Target[]];
  readonly leftOut: readonly LeftOut[];
  /** Those that the line names. */
  readonly kits: readonly Kit[];
}

/** Looks the line's apps up; else a reply that asks which, or says why none of them takes a call. */
export async function findTargets(parts: CommandParts, turn: Turn, command: AppCommand): Promise<Targets | Answered> {
  const found = await findApplications(parts, turn, command);
  if (found.kind === 'reply') return found;
  const seen = await seeTargets(parts, turn, found);
  if (seen.kind === 'reply') return seen;
  if (seen.kind === 'trouble') return answered(await obstacleReply(parts, turn, command, seen));
  const [first, ...others] = seen.targets;
  const [obstacle] = seen.blocked;
  if (first !== undefined)
    return { kind: 'targets', targets: [first, ...others], leftOut: seen.leftOut, kits: found.kits };
  if (obstacle === undefined) throw new Error('a line names an app at least');
  return answered(await obstacleReply(parts, turn, command, obstacle));
}

/** Each takes a few reads of Graph. */
const appsAtOnce = 4;

type BlockedApp = Obstacle & { readonly kind: 'blocked' };

interface Seen {
  readonly kind: 'seen';
  readonly targets: readonly Target[];
  /** Of the apps that could not be read, where these are passed over. */
  readonly troubles: readonly Extract<Obstacle, { kind: 'trouble' }>[];
  readonly blocked: readonly BlockedApp[];
  readonly leftOut: readonly LeftOut[];
}

/**
 * Which of the apps take a call now.
 *
 * @param passesOver whether an app that cannot be read is left out, with the reason, rather than stopping the line
 */
export async function seeTargets(
  parts: CommandParts,
  turn: Turn,
  { apps, repeated, gone }: Pick<Apps, 'repeated' | 'gone'> & { readonly apps: readonly Application[] },
  { passesOver = false }: { readonly passesOver?: boolean } = {},
): Promise<Seen | Extract<Obstacle, { kind: 'trouble' }> | Answered> {
  const targets: Target[] = [];
  const blocked: BlockedApp[] = [];
  const troubles: Seen['troubles'][number][] = [];
  const unread: LeftOut[] = [];
  const see = async (app: Application) => ({ app, seen: await seeTarget(parts, turn, app, 'User') });
  for (const { app, seen } of await pMap(apps, see, { concurrency: appsAtOnce })) {
    if (seen.kind === 'reply') return seen;
    if (seen.kind === 'trouble') {
      if (!passesOver) return seen;
      troubles.push(seen);
      unread.push(leftOutApp(app.displayName, unreadReason(seen.trouble)));
    } else if (seen.kind === 'blocked') blocked.push(seen);
    else targets.push(seen.target);
  }
  const leftOut = [
    ...unread,
    ...blocked.map(({ app, why }) => leftOutApp(app.displayName, reasonOf(why))),
    ...gone.map((name) => leftOutApp(name, 'appGone')),
    ...repeated.map((name) => leftOutApp(name, 'repeatedApp')),
  ];
  return { kind: 'seen', targets, troubles, blocked, leftOut };
}

/**
 * The same for the rows of a file, each of which names its apps: the targets by name. A name that no app has, or
 * several have, is left out.
 */
export async function seeEachApp(
  parts: CommandParts,
  turn: Turn,
  named: readonly (string | null)[],
): Promise<
  | {
      readonly kind: 'seen';
      readonly targets: ReadonlyMap<string, readonly Target[]>;
      readonly leftOut: readonly LeftOut[];
      readonly kits: readonly Kit[];
    }
  | Answered
> {
  const targets = new Map<string, readonly Target[]>();
  const leftOut: LeftOut[] = [];
  const kits: Kit[] = [];
  for (const name of new Set(named)) {
    if (name === null) continue;
    const count = named.filter((one) => one === name).length;
    const inRows = (app: string) =>
      turn.words.plain('list.nameAndLabel', { name: app, label: turn.words.plain('file.rows', { count }) });
    const sought = await seekApps(parts, name);
    if (sought.kind === 'trouble') return answered(troubleReply(turn.words, sought.trouble));
    if (sought.kind === 'apps') {
      const seen = await seeTargets(parts, turn, sought);
      if (seen.kind === 'trouble') return answered(troubleReply(turn.words, seen.trouble));
      if (seen.kind === 'reply') return seen;
      targets.set(name, seen.targets);
      kits.push(...sought.kits);
      leftOut.push(...seen.leftOut.map((one) => ({ ...one, text: inRows(one.text) })));
    } else if (sought.kind === 'none') {
      const suggestions = sought.near === null ? [] : [sought.near];
      leftOut.push({ ...leftOutApp(inRows(sought.name), 'unknownApp'), suggestions });
    } else if (sought.kind === 'emptyKit') leftOut.push(leftOutApp(inRows(name), 'appGone'));
    else leftOut.push(leftOutApp(inRows(sought.names[sought.index] ?? name), 'ambiguousApp'));
  }
  return { kind: 'seen', targets, leftOut, kits };
}

const leftOutApp = (text: string, reason: LeftOut['reason']): LeftOut => ({ text, reason, suggestions: [] });

/** Why an app could not be read, as far as its reader can do something about it. */
export const unreadReason = (trouble: GraphTrouble): LeftOut['reason'] =>
  trouble.kind === 'refused' && trouble.status === 403 ? 'appForbidden' : 'appUnread';

function reasonOf(why: BlockedApp['why']): LeftOut['reason'] {
  switch (why.kind) {
    case 'appQuarantined':
      return why.reason?.toLowerCase() === 'toomanydeletes' ? 'deletionsHeld' : why.kind;
    case 'appDisabled':
    case 'appNotConfigured':
    case 'jobMustStop':
      return why.kind;
    default:
      return 'appTakesNoUsers';
  }
}

/** A person as named, and the apps that take the person. */
export interface Row {
  readonly entry: string;
  readonly targets: readonly Target[];
}

export interface Calls {
  readonly tasks: readonly NewTask[];
  /** What becomes no call though it was found. */
  readonly leftOut: readonly LeftOut[];
}

/**
 * A call for each person and app, person by person. An app whose people come from elsewhere takes the typed ids; beside
 * an app that takes people from Entra it is left out, as no id names the same person in both.
 *
 * @param users the people found in Entra, by entry
 */
export function callsFor(rows: readonly Row[], users: ReadonlyMap<string, DirectoryUser>): Calls {
  const tasks = new Map<string, NewTask>();
  const leftOut = new Map<string, LeftOut>();
  for (const { entry, targets } of rows) {
    const isMixed = targets.some(({ rule }) => isOfEntra(rule));
    for (const target of targets) {
      const { app, rule } = target;
      const subject = isOfEntra(rule) ? subjectIn(users, entry, rule) : isMixed ? null : subjectById(rule, entry);
      if (subject !== null) {
        const key = `${app.id} ${subject.id}`;
        if (!tasks.has(key)) tasks.set(key, taskOn(target, subject));
      } else if (!isOfEntra(rule)) {
        const text = targets.length === 1 ? entry : app.displayName;
        const otherwise = targets.length === 1 ? 'notUnderstood' : 'noDirectoryName';
        leftOut.set(text, leftOutApp(text, rule.source === 'other' ? 'noSourceId' : otherwise));
      }
    }
  }
  return { tasks: [...tasks.values()], leftOut: [...leftOut.values()] };
}

function subjectIn(users: ReadonlyMap<string, DirectoryUser>, entry: string, { objectTypeName }: Target['rule']) {
  const user = users.get(entry);
  return user === undefined ? null : toSubject(user, objectTypeName);
}

export const isOfEntra = ({ source }: Target['rule']): boolean => source === 'entra';
