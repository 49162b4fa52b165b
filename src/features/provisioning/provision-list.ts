import type { CommandOf } from '../../chat/command.ts';
import { findPeople, toSubject } from '../../chat/names/people.ts';
import { typistOf } from '../../chat/names/person.ts';
import { subjectById } from '../../chat/names/subject.ts';
import { findTarget, requestOf, type Target, taskOn, tryAgain } from '../../chat/names/target.ts';
import { type CommandParts, defineCommand, type Turn } from '../../chat/registry/define-command.ts';
import { troubleReply } from '../../chat/registry/turn.ts';
import type { Reply } from '../../chat/reply.ts';
import type { LeftOut, Subject } from '../../requests/request.ts';
import { createRequest } from '../../requests/store.ts';
import { nobodyFoundCard } from './cards/confirm-card.ts';
import { readProvisionList, writeProvisionList } from './list-line.ts';
import { foldDuplicates, mostPeople } from './lists/people-list.ts';
import { say } from './problems.ts';
import { resolveList } from './resolve.ts';
import { askOneByOne, nearlyProvision, untimely } from './untimely.ts';

type ListCommand = CommandOf<'provisionList'>;

/** A longer list needs a confirmation: a mistake in ten people is fixed by hand, one in five hundred is not. */
const mostWithoutConfirmation = 10;

/**
 * `provision users a, b, c to <app>`: one request with a task for each person. People who are not found or are
 * ambiguous are left out and named, as are `unread` rows of a file. A long list is stored and held until its requester
 * has seen what would happen and confirms.
 */
export async function provisionList(
  parts: CommandParts,
  turn: Turn,
  command: ListCommand,
  unread: readonly LeftOut[] = [],
): Promise<Reply> {
  const instead = askOneByOne(turn) ?? (await untimely(parts, turn, command));
  if (instead !== null) return instead;
  const { entries, duplicates } = foldDuplicates(command.subjects);
  if (entries.length === 0) return say(turn.words, { kind: 'emptyList' });
  if (entries.length > mostPeople)
    return say(turn.words, { kind: 'tooManyPeople', count: entries.length, limit: mostPeople });
  const found = await findTarget(parts, turn, command, 'User');
  if (found.kind === 'reply') return found.reply;

  const people = await findSubjects(parts, turn, entries, found.target);
  if (people.kind === 'trouble') return troubleReply(turn.words, people.trouble, tryAgain(parts, command));
  const leftOut: LeftOut[] = [
    ...unread,
    ...people.leftOut,
    ...duplicates.map((text) => ({ text, reason: 'duplicate' as const, suggestions: [] })),
  ];
  if (people.subjects.length === 0) {
    const { displayName } = found.target.app;
    return { kind: 'card', message: nobodyFoundCard(turn.words, { app: displayName, leftOut }) };
  }
  const held = people.subjects.length > mostWithoutConfirmation;
  const request = await createRequest(parts.store, {
    ...requestOf(turn),
    lane: people.subjects.length === 1 ? 'interactive' : 'bulk',
    held,
    leftOut,
    tasks: people.subjects.map((subject) => taskOn(found.target, subject)),
  });
  parts.observe?.requested('list');
  return { kind: 'live', liveId: request.id };
}

type SubjectsFound =
  | { readonly kind: 'subjects'; readonly subjects: readonly Subject[]; readonly leftOut: readonly LeftOut[] }
  | Extract<Awaited<ReturnType<typeof findPeople>>, { kind: 'trouble' }>;

async function findSubjects(
  parts: CommandParts,
  { incoming }: Turn,
  entries: readonly string[],
  { rule }: Target,
): Promise<SubjectsFound> {
  if (rule.source === 'entra') {
    const found = await findPeople(parts.directory, entries, typistOf(incoming));
    if (found.kind === 'trouble') return found;
    const subjects = found.people.map((user) => toSubject(user, rule.objectTypeName));
    return { kind: 'subjects', subjects, leftOut: found.leftOut };
  }
  const reason = rule.source === 'other' ? 'noSourceId' : 'notUnderstood';
  const read = entries.map((text) => ({ text, subject: subjectById(rule, text) }));
  return {
    kind: 'subjects',
    subjects: read.flatMap(({ subject }) => subject ?? []),
    leftOut: read.flatMap(({ text, subject }) => (subject === null ? [{ text, reason, suggestions: [] }] : [])),
  };
}

declare module '../../chat/command.ts' {
  interface Commands {
    /** `subjects` as typed, in order, including duplicates. */
    provisionList: { readonly subjects: readonly string[]; readonly app: string; readonly term?: Term };
  }
}

export const provisionListCommand = defineCommand({
  verb: 'provisionList',
  read: readProvisionList,
  write: writeProvisionList,
  permission: 'provision.run',
  forRequesters: 'wholeLine',
  ground: 'job',
  freshRoles: 'clicked',
  chapter: 'provision',
  examples: ['provision users adele, isaiah to Salesforce'],
  tryIt: null,
  nearly: nearlyProvision,
  resolve: resolveList,
  run: (parts, turn, command) => provisionList(parts, turn, command),
});
