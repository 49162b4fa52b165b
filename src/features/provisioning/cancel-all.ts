import { assertNever } from '../../assert-never.ts';
import type { CommandOf } from '../../chat/command.ts';
import { readName, writeName } from '../../chat/grammar/names.ts';
import type { Reading } from '../../chat/grammar/rule.ts';
import type { Word } from '../../chat/grammar/tokens.ts';
import { resolvePerson, typistOf } from '../../chat/names/person.ts';
import { askWhich } from '../../chat/names/subject.ts';
import { type CommandParts, defineCommand, type Turn } from '../../chat/registry/define-command.ts';
import { type Answered, answered, troubleReply } from '../../chat/registry/turn.ts';
import type { Reply } from '../../chat/reply.ts';
import type { Database } from '../../db/database.ts';
import { cancelRequest } from '../../requests/confirmation.ts';
import { findKnown } from '../../requests/known-names.ts';
import { say } from './problems.ts';

type CancelAll = CommandOf<'cancelAllBy'>;
type Whom = { readonly kind: 'person'; readonly id: string; readonly name: string } | Answered;

/** `cancel all by PERSON`: first says what would be cancelled; the confirmation names the person by object id. */
async function cancelAllBy(parts: CommandParts, turn: Turn, command: CancelAll): Promise<Reply> {
  const whom = await findWhom(parts, turn, command);
  if (whom.kind === 'reply') return whom.reply;
  const { id, name } = whom;
  const { accessRequests } = parts.registry;
  const waiting = await findWaitingOf(parts.store.database, id);
  const access = await accessRequests.waitingOf(parts, id);
  const counts = { person: waiting.name ?? access.name ?? name, tasks: waiting.tasks, requests: access.ids.length };
  if (waiting.requests.length + access.ids.length === 0) return say(turn.words, { kind: 'nothingWaitsOf', ...counts });
  if (!command.sure) {
    const line = parts.grammar.format({ verb: 'cancelAllBy', person: id, sure: true });
    return say(turn.words, { kind: 'cancelAllAsks', ...counts }, [{ label: 'yes', verb: 'choose', text: line }]);
  }
  const by = { id: turn.caller.id, name: turn.caller.name };
  let tasks = 0;
  for (const requestId of waiting.requests) {
    const { cancelled } = await cancelRequest(parts.store, requestId, by.id);
    tasks += cancelled;
    if (cancelled > 0) await (await accessRequests.find(parts, requestId))?.note('cancelled', by);
  }
  const requests = await accessRequests.cancelWaiting(parts, access.ids, by);
  parts.publish('tasks', null);
  return say(turn.words, { kind: 'cancelledAll', person: counts.person, tasks, requests });
}

/** A person's waiting work: unsent tasks that they asked for or started. */
interface WaitingOf {
  readonly requests: readonly string[];
  readonly tasks: number;
  /** Their name as it was when they asked; null where nothing that they asked for waits. */
  readonly name: string | null;
}

async function findWaitingOf({ query }: Database, personId: string): Promise<WaitingOf> {
  const rows = await query
    .selectFrom('tasks')
    .innerJoin('requests', 'requests.id', 'tasks.request_id')
    .select(['requests.id', 'requests.requested_by_name', 'requests.requested_by_id'])
    .select((select) => select.fn.countAll<number>().as('tasks'))
    .where('tasks.state', 'in', ['held', 'waiting'])
    .where((row) => row.or([row('requests.requested_by_id', '=', personId), row('tasks.ordered_by', '=', personId)]))
    .groupBy(['requests.id', 'requests.requested_by_name', 'requests.requested_by_id'])
    .execute();
  const own = rows.find(({ requested_by_id }) => requested_by_id === personId);
  return {
    requests: rows.map(({ id }) => id),
    tasks: rows.reduce((all, { tasks }) => all + Number(tasks), 0),
    name: own?.requested_by_name ?? null,
  };
}

const objectId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A person who has left the organization is found by their requests. */
async function findWhom(parts: CommandParts, turn: Turn, command: CancelAll): Promise<Whom> {
  const typed = command.person;
  if (objectId.test(typed)) {
    const user = await parts.directory.getUser(typed);
    return { kind: 'person', id: typed.toLowerCase(), name: user.ok ? (user.value?.displayName ?? typed) : typed };
  }
  const found = await resolvePerson(parts.directory, typed, typistOf(turn.incoming));
  if (!found.ok) return answered(troubleReply(turn.words, found.trouble));
  switch (found.value.kind) {
    case 'one':
      return { kind: 'person', id: found.value.user.id, name: found.value.user.displayName };
    case 'several': {
      const lineFor = (person: string) => parts.grammar.format({ ...command, person });
      const { users, more } = found.value;
      return answered(askWhich(turn, { typed, app: null, users, more, lineFor, lineOfOne: lineFor }));
    }
    case 'noName':
      return answered(say(turn.words, { kind: 'noName', typed }));
    case 'none': {
      const known = (await findKnown(parts.store.database, typed)).filter(({ kind }) => kind !== 'app');
      const [only] = known;
      return only !== undefined && known.length === 1
        ? { kind: 'person', id: only.id, name: only.name }
        : answered(say(turn.words, { kind: 'unknownUser', typed }));
    }
    default:
      return assertNever(found.value, 'match');
  }
}

function readCancelAll(words: readonly Word[], sure: boolean): Reading | null {
  const person = readName(words);
  return person === null ? null : { kind: 'command', command: { verb: 'cancelAllBy', person, sure } };
}

declare module '../../chat/command.ts' {
  interface Commands {
    /** Cancels one person's waiting requests; asks first, unless `sure`. */
    cancelAllBy: { readonly person: string; readonly sure: boolean };
  }
}

export const cancelAllByCommand = defineCommand({
  verb: 'cancelAllBy',
  questions: { sure: (words) => readCancelAll(words, true) },
  read: (words) => readCancelAll(words, false),
  write: ({ person, sure }) => `${sure ? 'confirm ' : ''}cancel all by ${writeName(person)}`,
  permission: 'access.cancel',
  chapter: 'requests',
  examples: ['cancel all by adele@contoso.com'],
  tryIt: null,
  run: cancelAllBy,
});
