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
import { say } from './problems.ts';

export interface People {
  readonly kind: 'people';
  readonly users: readonly DirectoryUser[];
  readonly leftOut: readonly LeftOut[];
}

/** Whom the line names, as the tenant has them: only it tells whether "Langer, Isaiah" is one person. */
export async function findThem(parts: CommandParts, turn: Turn, command: PersonCommand): Promise<People | Answered> {
  const names = namesInList(command.subject);
  const whole =
    names.length < 2 ? null : await resolvePerson(parts.directory, command.subject, typistOf(turn.incoming));
  if (names.length < 2 || (whole?.ok === true && whole.value.kind === 'one')) {
    const group = await groupNamed(parts, command.subject);
    if (group !== null) return answered(say(turn.words, { kind: 'removesNoGroup', group }));
    const person = await findPerson(parts, turn, command, null);
    if (person.kind === 'reply') return person;
    return person.user.id === turn.caller.id
      ? answered(say(turn.words, { kind: 'removesNotYourself' }))
      : { kind: 'people', users: [person.user], leftOut: [] };
  }
  const found = await findPeople(parts.directory, names, typistOf(turn.incoming));
  if (found.kind === 'trouble') return answered(troubleReply(turn.words, found.trouble, tryAgain(parts, command)));
  const users = found.people.filter(({ id }) => id !== turn.caller.id);
  const own = found.people.filter(({ id }) => id === turn.caller.id);
  return {
    kind: 'people',
    users,
    leftOut: [...found.leftOut, ...own.map((user) => leftOutOf(user.displayName, 'forYourself'))],
  };
}

/** A group whose name says so: "the Sales Team group", "group Sales Team". */
async function groupNamed({ directory }: CommandParts, typed: string): Promise<string | null> {
  if (!/^(?:the )?group |\bgroup$/i.test(typed)) return null;
  const found = await directory.findGroups(typed.replace(/^(?:the )?group |(?:^the )|\s*group$/gi, ''));
  return found.ok && found.value.kind === 'one' ? found.value.group.displayName : null;
}

export const leftOutOf = (text: string, reason: LeftOut['reason']): LeftOut => ({ text, reason, suggestions: [] });
