import { findKnownPeople } from '../../chat/known-people.ts';
import { createMessages, type Messages } from '../../chat/messages.ts';
import {
  type CommandParts,
  defineButton,
  type MessageDeclaration,
  type Turn,
} from '../../chat/registry/define-command.ts';
import { troubleReply } from '../../chat/registry/turn.ts';
import type { CardMessage, Reply } from '../../chat/reply.ts';
import { noticeCard } from '../../chat/views/notice.ts';
import { type Viewpoint, withHelpdesk } from '../../chat/views/viewpoint.ts';
import { insertMessages } from '../../outbox/message-store.ts';
import { writeAudit } from '../../requests/audit-log.ts';
import type { Request, Task, TaskState } from '../../requests/request.ts';
import { findRequest } from '../../requests/store.ts';
import { assignedIn, verdictOf } from './cards/outcome-text.ts';
import { findOwnRequest } from './own-request.ts';
import { say } from './problems.ts';

/**
 * "Tell the manager" on a result: Usher writes to the manager of the person, as Entra ID names them, what the result is.
 * It can write only to people who have written to it in a personal chat; of all others the operator gets the text. One
 * result is told once, however often the button is pressed.
 */
async function tellManager(parts: CommandParts, turn: Turn, requestId: string): Promise<Reply> {
  const found = await findOwnRequest(parts, turn, 'provision.run', requestId);
  if (found.kind === 'reply') return found.reply;
  const { request } = found;
  const result = resultOf(request);
  if (result === null) return say(turn.words, { kind: 'staleButton' });
  const { subject } = result.task;
  const manager = await parts.access.managerOf(subject.id);
  if (!manager.ok) return troubleReply(turn.words, manager.trouble);
  if (manager.value === null) return say(turn.words, { kind: 'noManager', person: subject.name });
  const about = { person: subject.name, manager: manager.value.name };
  const { database, clock } = parts.store;
  const [known] = await findKnownPeople(database, [manager.value.id]);
  if (known === undefined) {
    const text = managerCard(turn.words, result, { as: 'requester', helpdesk: [] }).summary;
    return say(turn.words, { kind: 'managerNotReached', ...about, text });
  }
  const { conversation, reader } = known;
  const now = clock.now();
  const isNew = await database.transact(async (transaction) => {
    const id = `manager-${request.id}-${result.state.finishedAt}`;
    const note = { id, kind: 'managerNote', reference: request.id, conversation, reader, dueAt: now } as const;
    const stored = await insertMessages(transaction, [note], now);
    if (stored.length === 0) return false;
    const details = { manager: known.personId };
    const entry = { at: now, actorId: turn.caller.id, kind: 'managerTold', requestId: request.id, details } as const;
    await writeAudit(transaction, entry);
    return true;
  });
  if (isNew) parts.publish('outbox', null);
  return say(turn.words, { kind: isNew ? 'managerTold' : 'managerKnows', ...about });
}

interface Result {
  readonly task: Task;
  readonly state: Extract<TaskState, { kind: 'done' }>;
}

/** The result of a request for one person; null while it runs, and for a list. */
function resultOf({ tasks }: Request): Result | null {
  const [task, ...others] = tasks;
  return task?.state.kind === 'done' && others.length === 0 ? { task, state: task.state } : null;
}

/** The result as the manager reads it, who cannot change anything in Entra ID. */
function managerCard(words: Messages, { task, state }: Result, viewpoint: Viewpoint): CardMessage {
  const { app, subject } = task;
  const { outcome } = state;
  const told = {
    outcome,
    person: subject.name,
    app: app.name,
    what: 'other',
    ...assignedIn(task),
    retry: false,
  } as const;
  const verdict = verdictOf(words, { ...told, viewpoint });
  const { say: said, values, title, plainTitle, plainNext } = verdict;
  const isGood = said.tone === 'good';
  const names = { person: subject.name, app: app.name };
  return noticeCard(words, {
    tone: said.tone,
    title,
    paragraphs: [words.card(said.happened, values)],
    next: isGood ? null : words.sentences(verdict.next),
    further: [words.card('managerNote.why', names)],
    summary: words.sentences([
      words.plain('managerNote.summary', { ...names, verdict: plainTitle }),
      words.plain(said.happened, values),
      isGood ? null : plainNext,
    ]),
  });
}

/** What a manager is told about a person who reports to them. */
export const managerNotes: MessageDeclaration = {
  async draw(parts, { id, reference, reader }) {
    const request = await findRequest(parts.store.database, reference);
    const result = request === null ? null : resultOf(request);
    // Its tasks may run again meanwhile; the operator can tell their result then.
    if (request === null || result === null) return null;
    const words = createMessages(reader.locale, reader.timeZone);
    const content = managerCard(words, result, await withHelpdesk(parts, 'requester'));
    return { content, fingerprint: id, finished: true };
  },
};

export const tellManagerButton = defineButton({
  verb: 'tellManager',
  permission: 'provision.run',
  ground: 'job',
  freshRoles: 'clicked',
  run: (parts, turn, { requestId }) => tellManager(parts, turn, requestId),
});
