import { namesInList } from '../../chat/grammar/name-list.ts';
import { findPeople } from '../../chat/names/people.ts';
import { resolvePerson, typistOf } from '../../chat/names/person.ts';
import { findPerson } from '../../chat/names/subject.ts';
import { tryAgain } from '../../chat/names/target.ts';
import type { PersonCommand } from '../../chat/offers/guesses.ts';
import type { CommandParts, Turn } from '../../chat/registry/define-command.ts';
import { type Answered, answered, troubleReply } from '../../chat/registry/turn.ts';
import type { DirectoryUser } from '../../graph/directory.ts';
import type { LeftOut } from '../../requests/request.ts';
import { foldDuplicates, mostPeople } from '../provisioning/lists/people-list.ts';
import { say } from './problems.ts';

export interface People {
  readonly kind: 'people';
  readonly users: readonly DirectoryUser[];
  readonly leftOut: readonly LeftOut[];
}

/** People who stand in a file or below the line, with what could not be read there. */
export interface Listed {
  readonly names: readonly string[];
  readonly leftOut: readonly LeftOut[];
}

/** Whom the line or the list names, as the tenant has them: only it tells whether "Langer, Isaiah" is one person. */
export async function findThem(
  parts: CommandParts,
  turn: Turn,
  command: PersonCommand,
  listed: Listed | null = null,
): Promise<People | Answered> {
  if (listed === null) {
    const names = namesInList(command.subject);
    const whole =
      names.length < 2 ? null : await resolvePerson(parts.directory, command.subject, typistOf(turn.incoming));
    if (names.length < 2 || (whole?.ok === true && whole.value.kind === 'one')) return findOne(parts, turn, command);
    return findAll(parts, turn, command, { names, leftOut: [] });
  }
  return findAll(parts, turn, command, listed);
}

async function findOne(parts: CommandParts, turn: Turn, command: PersonCommand): Promise<People | Answered> {
  const group = await groupNamed(parts, turn, command.subject);
  if (group !== null) return answered(say(turn.words, { kind: 'removesNoGroup', group }));
  const person = await findPerson(parts, turn, command, null);
  if (person.kind === 'reply') return person;
  return person.user.id === turn.caller.id
    ? answered(say(turn.words, { kind: 'removesNotYourself' }))
    : { kind: 'people', users: [person.user], leftOut: [] };
}

async function findAll(
  parts: CommandParts,
  turn: Turn,
  command: PersonCommand,
  listed: Listed,
): Promise<People | Answered> {
  const { entries, duplicates } = foldDuplicates(listed.names);
  if (entries.length === 0 && listed.leftOut.length === 0) return answered(say(turn.words, { kind: 'emptyList' }));
  if (entries.length > mostPeople)
    return answered(say(turn.words, { kind: 'tooManyPeople', count: entries.length, limit: mostPeople }));
  const found = await findPeople(parts.directory, entries, typistOf(turn.incoming), { deletedToo: true });
  if (found.kind === 'trouble') return answered(troubleReply(turn.words, found.trouble, tryAgain(parts, command)));
  const users = found.people.filter(({ id }) => id !== turn.caller.id);
  const own = found.people.filter(({ id }) => id === turn.caller.id);
  return {
    kind: 'people',
    users,
    leftOut: [
      ...found.leftOut,
      ...own.map((user) => leftOutOf(user.displayName, 'yourself')),
      ...listed.leftOut,
      ...duplicates.map((text) => leftOutOf(text, 'duplicate')),
    ],
  };
}

/** A group that the text names: by saying so ("the Sales Team group"), or by its whole name, which is no person's. */
async function groupNamed({ directory }: CommandParts, { incoming }: Turn, typed: string): Promise<string | null> {
  const saysSo = /^(?:the )?group |\bgroup$/i.test(typed);
  const name = typed.replace(/^(?:the )?(?:group )?|\s*\bgroup$/gi, '');
  if (name === '' || name.includes('@')) return null;
  const found = await directory.findGroups(name);
  if (!found.ok || found.value.kind !== 'one') return null;
  const { displayName } = found.value.group;
  if (saysSo) return displayName;
  if (displayName.toLowerCase() !== name.toLowerCase()) return null;
  const person = await resolvePerson(directory, typed, typistOf(incoming));
  return person.ok && person.value.kind === 'none' ? displayName : null;
}

export const leftOutOf = (text: string, reason: LeftOut['reason']): LeftOut => ({ text, reason, suggestions: [] });
