import pMap from 'p-map';
import type { DirectoryUser } from '../../graph/directory.ts';
import { guid } from '../../graph/user.ts';
import type { LeftOut } from '../../requests/request.ts';
import { readEntries } from '../grammar/entries.ts';
import { splitWords } from '../grammar/tokens.ts';
import type { Messages } from '../messages.ts';
import { findPeople } from '../names/people.ts';
import { resolvePerson, typistOf } from '../names/person.ts';
import type { FormValues } from '../reply.ts';
import { short } from '../views/parts.ts';
import type { CommandParts, Turn } from './define-command.ts';
import { type Answered, answered, troubleReply } from './turn.ts';

/** Enough for a team, and few enough for the card that comes back with all of them; a list takes more. */
const mostPeople = 100;
/** Names that were not found, each with a sentence of its own. */
const mostWrong = 4;
const atOnce = 6;

export type PeopleFilledIn =
  | Answered
  | { readonly kind: 'people'; readonly subjects: readonly string[] }
  /** Whole sentences; `kept`: what stays in the form. */
  | { readonly kind: 'wrong'; readonly problems: readonly string[]; readonly kept: FormValues };

/**
 * The people who were picked and those who were typed, each once. Of several, all have to be found, as a person who was
 * left out of a form would easily be overlooked; where the apps take ids of another system (`ofEntra` false), the typed
 * ones stay as they are. A single name is looked up by its command, which asks who is meant.
 */
export async function peopleIn(
  parts: CommandParts,
  turn: Turn,
  values: FormValues,
  ofEntra: boolean,
): Promise<PeopleFilledIn> {
  const { words, incoming } = turn;
  const { directory } = parts;
  const wrong = (problem: string, kept = values) => ({ kind: 'wrong', problems: [problem], kept }) as const;
  const picks = [...new Set(values.picked.split(',').map((pick) => pick.trim()))].filter((pick) => pick !== '');
  const ids = picks.filter((pick) => guid.test(pick));
  // A client without the picker may send whatever was typed into it.
  const typed = [...picks.filter((pick) => !guid.test(pick)), ...(await typedNames(parts, turn, values.subject))];
  const count = ids.length + typed.length;
  if (count === 0) return wrong(words.plain('form.peopleMissing'));
  if (count > mostPeople) return wrong(words.plain('form.tooManyPeople', { count, limit: mostPeople }));

  const users = new Map<string, DirectoryUser>();
  const gone: string[] = [];
  const picked = await pMap(ids, async (id) => ({ id, user: await directory.getUser(id) }), { concurrency: atOnce });
  for (const { id, user } of picked) {
    if (!user.ok) return answered(troubleReply(words, user.trouble));
    if (user.value === null) gone.push(id);
    else users.set(user.value.id, user.value);
  }
  if (gone.length > 0) {
    const kept = picks.filter((pick) => !gone.includes(pick)).join(',');
    return wrong(words.plain('form.peopleGone', { count: gone.length }), { ...values, picked: kept });
  }
  const found =
    count === 1 || !ofEntra || typed.length === 0 ? null : await findPeople(directory, typed, typistOf(incoming));
  if (found?.kind === 'trouble') return answered(troubleReply(words, found.trouble));
  const lost = found?.leftOut.filter(({ reason }) => reason !== 'duplicate') ?? [];
  if (lost.length > 0) return { kind: 'wrong', problems: sayLost(words, lost), kept: values };
  for (const user of found?.people ?? []) users.set(user.id, user);
  const names = [...users.values()].map((user) => user.userPrincipalName);
  return { kind: 'people', subjects: [...new Set([...names, ...(found === null ? typed : [])])] };
}

/** The names in a field, as in a typed list. "Langer, Isaiah" is one person where one has that name. */
async function typedNames({ directory }: CommandParts, { incoming }: Turn, text: string): Promise<readonly string[]> {
  const names = readEntries(splitWords(text)).map((entry) => entry.text);
  if (names.length !== 2 || !/^[^,;\n"]+, [^,;\n"]+$/.test(text)) return names;
  const whole = await resolvePerson(directory, text, typistOf(incoming));
  return whole.ok && whole.value.kind === 'one' ? [text] : names;
}

function sayLost(words: Messages, lost: readonly LeftOut[]): readonly string[] {
  const shown = lost.slice(0, lost.length > mostWrong ? mostWrong - 1 : mostWrong);
  const sentences = shown.map(({ text, reason, suggestions }) => {
    const near = words.either(suggestions.map((one) => short(one)));
    const isOpen = reason === 'ambiguous';
    return words.sentences([
      words.plain(isOpen ? 'form.personOpen' : 'form.personUnknown', { typed: short(text) }),
      near === '' ? null : words.plain(isOpen ? 'form.personNames' : 'leftOut.similar', { names: near }),
    ]);
  });
  const others = lost.length - shown.length;
  return others === 0 ? sentences : [...sentences, words.plain('form.peopleUnknown', { count: others })];
}
