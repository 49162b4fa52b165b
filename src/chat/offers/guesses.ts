import { assertNever } from '../../assert-never.ts';
import type { Command, Term, Ticketed } from '../command.ts';
import { listOfNames } from '../grammar/name-list.ts';
import { takesTicket } from '../grammar/ticket-words.ts';
import { LIST_SEPARATOR } from '../names/app-list.ts';
import type { Around, Pair } from './around.ts';
import type { Meant } from './intent.ts';
import { isChoice, peopleIn } from './person-words.ts';
import type { Guess } from './resolved.ts';

/** Every command about one app, with or without a person. */
export type AppCommand = Extract<Command, { readonly app: string | null }> & { readonly app: string };

/** Every command about one person, with or without an app. */
export type PersonCommand = Extract<Command, { readonly subject: string; readonly app: string | null }>;

/** The time, reason and ticket of a provisioning line, to pass on to another reading of it. */
export function termOf(command: Command): Ticketed & { readonly term?: Term } {
  return {
    ...('term' in command && command.term !== undefined ? { term: command.term } : {}),
    ...(takesTicket(command) && command.ticket !== undefined ? { ticket: command.ticket } : {}),
  };
}

export function guessesFor(intent: Meant, { pairs }: Around, line: string, base: Command | null = null): Guess[] {
  return together(intent, pairs, line).flatMap(({ people, app }): Guess[] => {
    switch (intent) {
      case 'status':
      case 'watch':
      case 'unwatch':
        return [{ command: { verb: intent, app } }];
      case 'check': {
        if (people.length === 0) return [{ command: { verb: 'status', app } }];
        return forPeople({ verb: 'check', subject: '', app }, people, line);
      }
      case 'provision':
        return forPeople({ verb: 'provision', subject: '', app, ...(base === null ? {} : termOf(base)) }, people, line);
      case 'remove':
        return forPeople({ verb: 'remove', subject: '', app, ...(base === null ? {} : termOf(base)) }, people, line);
      case 'preview':
        return forPeople({ verb: intent, subject: '', app }, people, line);
      case 'requestAccess': {
        const { start, end, reason } = base?.verb === 'requestAccess' ? base : { start: null, end: null, reason: null };
        return forPeople({ verb: 'requestAccess', subject: '', app, start, end, reason }, people, line);
      }
      case 'history': {
        const [[about, ...others] = []] = people;
        const ofApp = { command: { verb: 'history', about: app, since: null, page: 1 } } as const;
        return about === undefined ? [ofApp] : [{ command: { ...ofApp.command, about }, others }, ofApp];
      }
      default:
        return assertNever(intent, 'intent');
    }
  });
}

/** Several apps for the same people are one line, unless one of them is to be chosen: "salesforce or servicenow". */
function together(intent: Meant, pairs: readonly Pair[], line: string): readonly Pair[] {
  const takesSeveral = intent === 'provision' || intent === 'requestAccess' || intent === 'check';
  if (!takesSeveral || isChoice(line)) return pairs;
  const groups = Map.groupBy(pairs, ({ people }) => JSON.stringify(people));
  return [...groups.values()].flatMap((same) =>
    same.slice(0, 1).map(({ people }) => ({ people, app: same.map(({ app }) => app).join(LIST_SEPARATOR) })),
  );
}

/** One command per person; one list, or one request, where all people are meant at once. */
export function forPeople(command: PersonCommand, people: readonly (readonly string[])[], text: string): Guess[] {
  const [[only] = [], second] = people;
  if (only === undefined) return [];
  if (second !== undefined && (command.verb === 'provision' || command.verb === 'provisionPaused') && !isChoice(text)) {
    const subjects = people.flatMap(([name]) => name ?? []);
    return [{ command: { verb: 'provisionList', subjects, app: command.app, ...termOf(command) } }];
  }
  if (second !== undefined && command.verb === 'requestAccess' && !isChoice(text)) {
    const subject = listOfNames(people.flatMap(([name]) => name ?? []));
    return [{ command: { ...command, subject } }];
  }
  return people.flatMap(([subject, ...others]) =>
    subject === undefined ? [] : [{ command: { ...command, subject }, others }],
  );
}

/** The command for each person in its subject. */
export function withPeople(command: AppCommand, leftOut: string): Guess[] {
  if (!('subject' in command)) return [{ command }];
  const people = peopleIn(command.subject);
  const addresses = leftOut.includes('@') ? peopleIn(leftOut).flat() : [];
  const [others = []] = people;
  if (people.length > 1 && addresses.length === 0) return forPeople(command, people, command.subject);
  return [{ command, others: [...addresses, ...others] }];
}

export function intentBehind({ verb }: AppCommand): Meant {
  switch (verb) {
    case 'provisionList':
    case 'provisionGroup':
    case 'provisionPaused':
      return 'provision';
    // An act on a job is not guessed: what is offered instead shows its state.
    case 'test':
    case 'pause':
    case 'start':
    case 'repair':
      return 'status';
    default:
      return verb;
  }
}
