import { assertNever } from '../../assert-never.ts';
import { noteCalledOff } from '../approvals/access-requests/acting.ts';
import { act, findAccessRequestOf } from '../approvals/access-requests/store.ts';
import { findWaitingOf } from './waiting-of.ts';
import { cancelRequest } from '../../requests/confirmation.ts';
import { findKnown } from '../checks/history/names.ts';
import type { Command } from '../../chat/command.ts';
import { format } from '../../chat/grammar/format.ts';
import { resolvePerson, typistOf } from '../../chat/names/person.ts';
import { type CommandParts, defineCommand, type Turn } from '../../chat/registry/define-command.ts';
import type { Reply } from '../../chat/reply.ts';
import { askWhich } from '../../chat/names/subject.ts';
import { say, troubleReply } from '../../chat/registry/turn.ts';

type CancelAll = Extract<Command, { verb: 'cancelAllBy' }>;
type Whom =
  | { readonly kind: 'person'; readonly id: string; readonly name: string }
  | { readonly kind: 'reply'; readonly reply: Reply };

/** `cancel all by PERSON`: first says what would be cancelled; the confirmation names the person by object id. */
async function cancelAllBy(parts: CommandParts, turn: Turn, command: CancelAll): Promise<Reply> {
  const whom = await findWhom(parts, turn, command);
  if (whom.kind === 'reply') return whom.reply;
  const { id, name } = whom;
  const waiting = await findWaitingOf(parts.store.database, id);
  const counts = { person: waiting.name ?? name, tasks: waiting.tasks, requests: waiting.accessRequests.length };
  if (waiting.requests.length + waiting.accessRequests.length === 0)
    return say(turn.words, { kind: 'nothingWaitsOf', ...counts });
  if (!command.sure) {
    const line = format({ verb: 'cancelAllBy', person: id, sure: true });
    return say(turn.words, { kind: 'cancelAllAsks', ...counts }, [{ label: 'yes', verb: 'choose', text: line }]);
  }
  const by = { id: turn.caller.id, name: turn.caller.name };
  let tasks = 0;
  for (const requestId of waiting.requests) {
    const { cancelled } = await cancelRequest(parts.store, requestId, by.id);
    tasks += cancelled;
    const accessRequestId = cancelled > 0 ? await findAccessRequestOf(parts.store.database, requestId) : null;
    if (accessRequestId === null) continue;
    await noteCalledOff(parts.store, accessRequestId, by);
    parts.accessChanged(accessRequestId);
  }
  let requests = 0;
  for (const accessRequestId of waiting.accessRequests) {
    if ((await act(parts.store, accessRequestId, { kind: 'cancel', by })).kind === 'done') requests += 1;
    parts.accessChanged(accessRequestId);
  }
  parts.wake();
  return say(turn.words, { kind: 'cancelledAll', person: counts.person, tasks, requests });
}

const objectId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A person who has left the organization is found by their requests. */
async function findWhom(parts: CommandParts, turn: Turn, command: CancelAll): Promise<Whom> {
  const reply = (answer: Reply): Whom => ({ kind: 'reply', reply: answer });
  const typed = command.person;
  if (objectId.test(typed)) {
    const user = await parts.directory.getUser(typed);
    return { kind: 'person', id: typed.toLowerCase(), name: user.ok ? (user.value?.displayName ?? typed) : typed };
  }
  const found = await resolvePerson(parts.directory, typed, typistOf(turn.incoming));
  if (!found.ok) return reply(troubleReply(turn.words, found.trouble));
  switch (found.value.kind) {
    case 'one':
      return { kind: 'person', id: found.value.user.id, name: found.value.user.displayName };
    case 'several': {
      const lineFor = (person: string) => format({ ...command, person });
      const { users, more } = found.value;
      return reply(askWhich(turn, { typed, app: null, users, more, lineFor, lineOfOne: lineFor }));
    }
    case 'noName':
      return reply(say(turn.words, { kind: 'noName', typed }));
    case 'none': {
      const known = (await findKnown(parts.store.database, typed)).filter(({ kind }) => kind !== 'app');
      const [only] = known;
      return only !== undefined && known.length === 1
        ? { kind: 'person', id: only.id, name: only.name }
        : reply(say(turn.words, { kind: 'unknownUser', typed }));
    }
    default:
      return assertNever(found.value, 'match');
  }
}

export const cancelAllByCommand = defineCommand({
  verb: 'cancelAllBy',
  permission: 'access.cancel',
  chapter: 'requests',
  examples: ['cancel all by adele@contoso.com'],
  tryIt: null,
  run: cancelAllBy,
});
