import { findApplications } from '../../chat/names/named-apps.ts';
import { toSubject } from '../../chat/names/people.ts';
import { subjectById } from '../../chat/names/subject.ts';
import { type Obstacle, obstacleReply, seeTarget, type Target, taskOn } from '../../chat/names/target.ts';
import type { AppCommand } from '../../chat/offers/guesses.ts';
import type { CommandParts, Turn } from '../../chat/registry/define-command.ts';
import { type Answered, answered } from '../../chat/registry/turn.ts';
import type { DirectoryUser } from '../../graph/directory.ts';
import type { LeftOut } from '../../requests/request.ts';
import type { NewTask } from '../../requests/store.ts';

/** The apps of a line that take a call now; of several, those that take none are left out, each with its reason. */
export interface Targets {
  readonly kind: 'targets';
  readonly targets: readonly [Target, ...Target[]];
  readonly leftOut: readonly LeftOut[];
}

/** Looks the line's apps up; else a reply that asks which, or says why none of them takes a call. */
export async function findTargets(parts: CommandParts, turn: Turn, command: AppCommand): Promise<Targets | Answered> {
  const found = await findApplications(parts, turn, command);
  if (found.kind === 'reply') return found;
  const targets: Target[] = [];
  const blocked: (Obstacle & { readonly kind: 'blocked' })[] = [];
  for (const app of found.apps) {
    const seen = await seeTarget(parts, turn, app, 'User');
    if (seen.kind === 'reply') return seen;
    if (seen.kind === 'trouble') return answered(await obstacleReply(parts, turn, command, seen));
    if (seen.kind === 'blocked') blocked.push(seen);
    else targets.push(seen.target);
  }
  const [first, ...others] = targets;
  const [obstacle] = blocked;
  if (first === undefined) {
    if (obstacle === undefined) throw new Error('a line names an app at least');
    return answered(await obstacleReply(parts, turn, command, obstacle));
  }
  const leftOut = [
    ...blocked.map(({ app, why }) => leftOutApp(app.displayName, reasonOf(why.kind))),
    ...found.repeated.map((name) => leftOutApp(name, 'repeatedApp')),
  ];
  return { kind: 'targets', targets: [first, ...others], leftOut };
}

const leftOutApp = (text: string, reason: LeftOut['reason']): LeftOut => ({ text, reason, suggestions: [] });

function reasonOf(kind: (Obstacle & { readonly kind: 'blocked' })['why']['kind']): LeftOut['reason'] {
  switch (kind) {
    case 'appDisabled':
    case 'appNotConfigured':
    case 'appQuarantined':
    case 'jobMustStop':
      return kind;
    default:
      return 'appTakesNoUsers';
  }
}

/** The calls of a line, person by person, and what becomes none. */
export interface Calls {
  readonly tasks: readonly NewTask[];
  readonly leftOut: readonly LeftOut[];
}

/**
 * A call for each person and app. An app whose people come from elsewhere takes the typed ids; beside an app that takes
 * people from Entra it is left out, as no id names the same person in both.
 *
 * @param users the people found in Entra
 * @param entries what was typed for them
 */
export function callsFor(
  targets: readonly Target[],
  users: readonly DirectoryUser[],
  entries: readonly string[],
): Calls {
  const [ofEntra, ofOthers] = [true, false].map((is) => targets.filter(({ rule }) => isOfEntra(rule) === is));
  const isMixed = (ofEntra ?? []).length > 0;
  const byId = (ofOthers ?? []).map((target) => ({
    target,
    read: entries.map((text) => ({ text, subject: isMixed ? null : subjectById(target.rule, text) })),
  }));
  return {
    tasks: [
      ...users.flatMap((user) =>
        (ofEntra ?? []).map((target) => taskOn(target, toSubject(user, target.rule.objectTypeName))),
      ),
      ...byId.flatMap(({ target, read }) =>
        read.flatMap(({ subject }) => (subject === null ? [] : [taskOn(target, subject)])),
      ),
    ],
    leftOut: byId.flatMap(({ target: { app, rule }, read }): LeftOut[] => {
      const unread = read.filter(({ subject }) => subject === null);
      const reason = rule.source === 'other' ? 'noSourceId' : targets.length > 1 ? 'noDirectoryName' : 'notUnderstood';
      if (targets.length === 1) return unread.map(({ text }) => leftOutApp(text, reason));
      return unread.length === 0 ? [] : [leftOutApp(app.displayName, reason)];
    }),
  };
}

export const isOfEntra = ({ source }: Target['rule']): boolean => source === 'entra';
