import type { Application } from '../../graph/applications.ts';
import type { DirectoryUser } from '../../graph/directory.ts';
import type { Subject } from '../../requests/request.ts';
import { createRequest } from '../../requests/store.ts';
import type { Command } from '../command.ts';
import { format } from '../grammar/format.ts';
import { similarTo, toSubject } from '../lists/people.ts';
import type { Reply } from '../reply.ts';
import { didYouMean } from '../views/did-you-mean.ts';
import { personPicker } from '../views/person-picker.ts';
import { commonName, isDistinguishedName } from './distinguished-name.ts';
import { findTarget, requestOf, type Target, tryAgain } from './target.ts';
import { type CommandParts, refuseUnless, say, type Turn, troubleReply } from './turn.ts';

/** In words. */
const longestAppName = 3;

type ProvisionCommand = Extract<Command, { verb: 'provision' }>;

/**
 * `provision <subject> to <app>`. Everything that can be known beforehand is looked up before a call of the limited
 * kind is spent. What is stored in the end is a request; the dispatcher does the rest.
 */
export async function provision(parts: CommandParts, turn: Turn, command: ProvisionCommand): Promise<Reply> {
  const refusal = await refuseUnless(parts, turn, 'provision.run');
  if (refusal !== null) return refusal;
  const found = await findTarget(parts, turn, command, 'User');
  if (found.kind === 'reply') return found.reply;
  const subject = await findSubject(parts, turn, command, found.target);
  if (subject.kind === 'reply') return subject.reply;
  const request = await createRequest(parts.store, {
    ...requestOf(turn, found.target),
    lane: 'interactive',
    held: false,
    leftOut: [],
    tasks: [{ subject: subject.subject, members: [] }],
  });
  parts.wake();
  return { kind: 'live', liveId: request.id };
}

type SubjectFound =
  | { readonly kind: 'subject'; readonly subject: Subject }
  | { readonly kind: 'reply'; readonly reply: Reply };

async function findSubject(
  parts: CommandParts,
  turn: Turn,
  command: ProvisionCommand,
  { app, rule }: Target,
): Promise<SubjectFound> {
  const reply = (answer: Reply): SubjectFound => ({ kind: 'reply', reply: answer });
  const typed = command.subject;
  const { words } = turn;
  if (rule.source === 'other')
    return { kind: 'subject', subject: { id: typed, type: rule.objectTypeName, name: typed, label: null } };
  if (rule.source === 'activeDirectory') {
    if (!isDistinguishedName(typed))
      return reply(say(words, { kind: 'userNeedsDirectoryName', typed, app: app.displayName }));
    const subject = { id: typed, type: rule.objectTypeName, name: commonName(typed), label: typed };
    return { kind: 'subject', subject };
  }
  if (isDistinguishedName(typed))
    return reply(say(words, { kind: 'directoryNameUnexpected', typed, app: app.displayName }));
  const found = await parts.directory.findUsers((await mentionedId(parts, turn, typed)) ?? typed);
  if (!found.ok) return reply(troubleReply(words, found.trouble, tryAgain(command)));
  switch (found.value.kind) {
    case 'none':
      return reply(await unknownUser(parts, turn, command));
    case 'several':
      return reply({
        kind: 'card',
        inPlace: true,
        message: pickPerson(turn, command, app, found.value.users, found.value.more),
      });
    case 'one':
      return { kind: 'subject', subject: toSubject(found.value.user, rule.objectTypeName) };
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
async function unknownUser(parts: CommandParts, turn: Turn, command: ProvisionCommand): Promise<Reply> {
  const [meant] = await similarTo(parts.directory, command.subject);
  if (meant === undefined) return say(turn.words, { kind: 'unknownUser', typed: command.subject });
  return {
    kind: 'card',
    inPlace: true,
    message: didYouMean(turn.words, { suggestion: format({ ...command, subject: meant }) }),
  };
}

/** "isaiah salesforce": a person and an app with nothing between them; null when the words end in no app's name. */
export async function withoutSeparator(parts: CommandParts, said: readonly string[]): Promise<ProvisionCommand | null> {
  for (let length = Math.min(said.length - 1, longestAppName); length > 0; length -= 1) {
    const app = said.slice(-length).join(' ');
    const found = await parts.applications.find(app);
    if (!found.ok) return null;
    if (found.value.kind === 'one')
      return { verb: 'provision', subject: said.slice(0, -length).join(' '), app: found.value.app.displayName };
  }
  return null;
}

function pickPerson(
  turn: Turn,
  command: ProvisionCommand,
  app: Application,
  users: readonly DirectoryUser[],
  more: boolean,
) {
  return personPicker(turn.words, {
    typed: command.subject,
    app: app.displayName,
    candidates: users.map((user) => ({
      id: user.id,
      name: user.displayName,
      principalName: user.userPrincipalName,
      title: user.jobTitle,
      department: user.department,
      enabled: user.accountEnabled,
    })),
    more,
    choose: (id) => format({ ...command, subject: id, app: app.id }),
  });
}
