import { assertNever } from '../../assert-never.ts';
import type { Fetched } from '../../graph/answer.ts';
import type { Application } from '../../graph/applications.ts';
import type { DirectoryUser } from '../../graph/directory.ts';
import type { Rule } from '../../graph/rules.ts';
import { isGuest } from '../../graph/user.ts';
import type { Subject } from '../../requests/request.ts';
import { takesBack } from '../grammar/negations.ts';
import type { AppCommand, PersonCommand } from '../offers/guesses.ts';
import { lookAgainForPerson } from '../offers/second-look.ts';
import type { CommandParts, Turn } from '../registry/define-command.ts';
import { type Answered, answered, say, troubleReply } from '../registry/turn.ts';
import type { Reply } from '../reply.ts';
import { candidateOf, personOffer, personPicker } from '../views/person-picker.ts';
import { lookAmongDeleted } from './deleted-person.ts';
import { toSubject } from './people.ts';
import { takesPeopleOfEntra } from './people-source.ts';
import { commonName, isDistinguishedName, nearest, type PersonMatch, resolvePerson, typistOf } from './person.ts';
import { type Target, tryAgain } from './target.ts';

export type PersonFound = { readonly kind: 'person'; readonly user: DirectoryUser } | Answered;

export type SubjectFound = { readonly kind: 'subject'; readonly subject: Subject } | Answered;

/**
 * Finds the subject in the form that the job's rule takes: a person in Entra, a person in Active Directory, or an HR
 * id.
 */
export async function findSubject(
  parts: CommandParts,
  turn: Turn,
  command: PersonCommand,
  { app, rule }: Target,
  looking?: PersonLooking,
): Promise<SubjectFound> {
  const typed = command.subject;
  if (rule.source !== 'entra') {
    const subject = (await isName(parts, turn, rule, typed)) ? null : subjectById(rule, typed);
    if (subject !== null) return { kind: 'subject', subject };
    const kind = rule.source === 'other' ? 'userNeedsSourceId' : 'userNeedsDirectoryName';
    return answered(say(turn.words, { kind, typed, app: app.displayName }));
  }
  const found = await findPerson(parts, turn, command, app, looking);
  if (found.kind === 'reply') return found;
  return { kind: 'subject', subject: toSubject(found.user, rule.objectTypeName) };
}

/** Where another system's ids are due, a word without a digit that names a person in Entra is that name. */
async function isName(parts: CommandParts, turn: Turn, rule: Rule, typed: string): Promise<boolean> {
  if (rule.source !== 'other' || /[\d@]/.test(typed)) return false;
  const found = await lookUp(parts, turn, typed);
  return found.ok && (found.value.kind === 'one' || found.value.kind === 'several');
}

/** The subject that a typed id names where people come from another source than Entra; null for what is no id there. */
export function subjectById({ source, objectTypeName: type }: Target['rule'], typed: string): Subject | null {
  if (source === 'other') return isNoSourceId(typed) ? null : { id: typed, type, name: typed, label: null };
  return isDistinguishedName(typed) ? { id: typed, type, name: commonName(typed), label: typed } : null;
}

/** An address where an HR system's own id is needed: sent as an id, it would match no person there, or a wrong one. */
function isNoSourceId(typed: string): boolean {
  return typed.includes('@');
}

/** Null where nothing was looked up. */
type PersonLooking = Promise<Fetched<PersonMatch> | null>;

/**
 * Begins to look the person up while Graph tells whether the app is enabled: the answer then waits for the slower of
 * the two alone. Nothing is looked up in Entra for an app whose people come from elsewhere. Never rejects by itself.
 */
export function beginLooking(parts: CommandParts, turn: Turn, command: PersonCommand & AppCommand): PersonLooking {
  const looking = takesPeopleOfEntra(parts, command).then((does) =>
    does && !isDistinguishedName(command.subject) ? lookUp(parts, turn, command.subject) : null,
  );
  // An answer about the app does not wait for it.
  looking.catch(() => undefined);
  return looking;
}

async function lookUp(parts: CommandParts, turn: Turn, typed: string) {
  const whom = (await mentionedId(parts, turn, typed)) ?? typed;
  return resolvePerson(parts.directory, whom, typistOf(turn.incoming));
}

/** The one person in Entra who is meant; else a reply that asks which, or says that no person was found. */
export async function findPerson(
  parts: CommandParts,
  turn: Turn,
  command: PersonCommand,
  app: Application | null,
  looking?: PersonLooking,
): Promise<PersonFound> {
  const typed = command.subject;
  if (app !== null && isDistinguishedName(typed))
    return answered(say(turn.words, { kind: 'directoryNameUnexpected', typed, app: app.displayName }));
  const offer = (users: readonly DirectoryUser[], more: boolean) => {
    const lineFor = (subject: string) =>
      parts.grammar.format(
        app === null || command.verb === 'offboard' ? { ...command, subject } : { ...command, subject, app: app.id },
      );
    const lineOfOne = (subject: string) => parts.grammar.format({ ...command, subject });
    return askWhich(turn, { typed, app, users, more, lineFor, lineOfOne });
  };
  const found = (await looking) ?? (await lookUp(parts, turn, typed));
  if (!found.ok) return answered(troubleReply(turn.words, found.trouble, tryAgain(parts, command)));
  switch (found.value.kind) {
    case 'noName':
      return answered(say(turn.words, { kind: 'noName', typed }));
    case 'none': {
      const deleted = takesBack(typed) ? null : await lookAmongDeleted(parts, turn, command);
      if (deleted?.kind === 'reply') return answered(deleted.reply);
      const users = takesBack(typed) ? [] : await nearest(parts.directory, typed);
      // An offer says that a person is a guest; the offered line does not.
      if (users.length > 1 || users.some(isGuest)) return answered(offer(users, false));
      return answered(await lookAgainForPerson(parts, turn, command, deleted?.kind === 'unread'));
    }
    case 'several':
      return answered(offer(found.value.users, found.value.more));
    case 'one':
      return { kind: 'person', user: found.value.user };
    default:
      return assertNever(found.value, 'match');
  }
}

/** The Entra id of a person who was mentioned rather than named; null for any other name. */
async function mentionedId(parts: CommandParts, { incoming }: Turn, typed: string): Promise<string | null> {
  const name = typed.replace(/^@/, '').trim().toLowerCase();
  const mention = incoming.mentions.find((one) => one.name.trim().toLowerCase() === name);
  return mention === undefined ? null : parts.findMember(incoming.conversation, mention.id);
}

export interface Asking {
  readonly typed: string;
  readonly app: Application | null;
  readonly users: readonly DirectoryUser[];
  readonly more: boolean;
  /** The line of a choice among several people, with the person's id. */
  readonly lineFor: (id: string) => string;
  /** The line offered for a single person, with the user principal name, since people read it. */
  readonly lineOfOne: (principalName: string) => string;
}

/** Asks which of these people is meant, or whether the only one is. */
export function askWhich({ words }: Turn, { typed, app, users, more, lineFor, lineOfOne }: Asking): Reply {
  const candidates = users.map(candidateOf);
  const [only] = candidates;
  const message =
    only !== undefined && candidates.length === 1 && !more
      ? personOffer(words, { typed, candidate: only, line: lineOfOne(only.principalName) })
      : personPicker(words, { typed, app: app?.displayName ?? null, candidates, more, choose: lineFor });
  return { kind: 'card', inPlace: true, message };
}
