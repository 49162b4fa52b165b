import type { Application } from '../../graph/applications.ts';
import type { DirectoryUser } from '../../graph/directory.ts';
import type { Subject } from '../../requests/request.ts';
import type { Command } from '../command.ts';
import { format } from '../grammar/format.ts';
import { similarTo, toSubject } from '../lists/people.ts';
import type { Reply } from '../reply.ts';
import { didYouMean } from '../views/did-you-mean.ts';
import { personPicker } from '../views/person-picker.ts';
import { commonName, isDistinguishedName } from './distinguished-name.ts';
import { type Target, tryAgain } from './target.ts';
import { type CommandParts, say, type Turn, troubleReply } from './turn.ts';

/** Every command about one person; with an app, or with none in particular. */
export type PersonCommand = Extract<Command, { readonly subject: string; readonly app: string | null }>;

export type PersonFound =
  | { readonly kind: 'person'; readonly user: DirectoryUser }
  | { readonly kind: 'reply'; readonly reply: Reply };

export type SubjectFound =
  | { readonly kind: 'subject'; readonly subject: Subject }
  | { readonly kind: 'reply'; readonly reply: Reply };

/** Whom to provision, in the form that the job's rule takes: a person of Entra, of Active Directory, or an HR id. */
export async function findSubject(
  parts: CommandParts,
  turn: Turn,
  command: PersonCommand,
  { app, rule }: Target,
): Promise<SubjectFound> {
  const typed = command.subject;
  switch (rule.source) {
    case 'other':
      if (isNoSourceId(typed)) {
        const wanted = { kind: 'userNeedsSourceId', typed, app: app.displayName } as const;
        return { kind: 'reply', reply: say(turn.words, wanted) };
      }
      return { kind: 'subject', subject: { id: typed, type: rule.objectTypeName, name: typed, label: null } };
    case 'activeDirectory': {
      if (!isDistinguishedName(typed)) {
        const wanted = { kind: 'userNeedsDirectoryName', typed, app: app.displayName } as const;
        return { kind: 'reply', reply: say(turn.words, wanted) };
      }
      const subject = { id: typed, type: rule.objectTypeName, name: commonName(typed), label: typed };
      return { kind: 'subject', subject };
    }
    case 'entra': {
      const found = await findPerson(parts, turn, command, app);
      if (found.kind === 'reply') return found;
      return { kind: 'subject', subject: toSubject(found.user, rule.objectTypeName) };
    }
    default: {
      const never: never = rule.source;
      throw new Error(`unexpected source ${String(never)}`);
    }
  }
}

/** An address, where an HR system's own id is wanted: sent as one, it would mean no person there, or another. */
export function isNoSourceId(typed: string): boolean {
  return typed.includes('@');
}

/** The one person of Entra who is meant; else a reply that asks which, or says that there is nobody. */
export async function findPerson(
  parts: CommandParts,
  turn: Turn,
  command: PersonCommand,
  app: Application | null,
): Promise<PersonFound> {
  const reply = (answer: Reply): PersonFound => ({ kind: 'reply', reply: answer });
  const typed = command.subject;
  if (app !== null && isDistinguishedName(typed))
    return reply(say(turn.words, { kind: 'directoryNameUnexpected', typed, app: app.displayName }));
  const found = await parts.directory.findUsers((await mentionedId(parts, turn, typed)) ?? typed);
  if (!found.ok) return reply(troubleReply(turn.words, found.trouble, tryAgain(command)));
  switch (found.value.kind) {
    case 'none':
      return reply(await unknownUser(parts, turn, command));
    case 'several': {
      const message = pickPerson(turn, command, app, found.value.users, found.value.more);
      return reply({ kind: 'card', inPlace: true, message });
    }
    case 'one':
      return { kind: 'person', user: found.value.user };
    default: {
      const never: never = found.value;
      throw new Error(`unexpected match ${JSON.stringify(never)}`);
    }
  }
}

/** The Entra id of a person who was mentioned rather than named; null for everybody else. */
async function mentionedId(parts: CommandParts, { incoming }: Turn, typed: string): Promise<string | null> {
  const name = typed.replace(/^@/, '').trim().toLowerCase();
  const mention = incoming.mentions.find((one) => one.name.trim().toLowerCase() === name);
  return mention === undefined ? null : parts.findMember(incoming.conversation, mention.id);
}

/** Nobody of that name; a near miss is offered like that of an app. */
async function unknownUser(parts: CommandParts, turn: Turn, command: PersonCommand): Promise<Reply> {
  const [meant] = await similarTo(parts.directory, command.subject);
  if (meant === undefined) return say(turn.words, { kind: 'unknownUser', typed: command.subject });
  const suggestion = format({ ...command, subject: meant });
  return { kind: 'card', inPlace: true, message: didYouMean(turn.words, { suggestion }) };
}

function pickPerson(
  turn: Turn,
  command: PersonCommand,
  app: Application | null,
  users: readonly DirectoryUser[],
  more: boolean,
) {
  return personPicker(turn.words, {
    typed: command.subject,
    app: app?.displayName ?? null,
    candidates: users.map((user) => ({
      id: user.id,
      name: user.displayName,
      principalName: user.userPrincipalName,
      title: user.jobTitle,
      department: user.department,
      enabled: user.accountEnabled,
    })),
    more,
    choose: (id) => format(app === null ? { ...command, subject: id } : { ...command, subject: id, app: app.id }),
  });
}
