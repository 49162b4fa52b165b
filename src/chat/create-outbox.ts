import { assertNever } from '../assert-never.ts';
import { isDatabaseFault } from '../db/away.ts';
import { afterPost, isTold, type Message, type PostEnd, tryAgainAt } from '../outbox/message.ts';
import { claimDue, notePost, notePosting, putOff, type Query, setGone } from '../outbox/message-store.ts';
import { tellGivenUp } from './give-up.ts';
import type { Noted, Outbox } from './outbox.ts';
import type { CommandParts } from './registry/define-command.ts';
import { type Drawing, mustArrive, outcomeOf } from './reply.ts';

/** While Graph does not tell whether a message may be shown there. */
const askAgainMs = 60_000;

/** The outbox over all kinds of messages. `guard` stops retrying those that crash their process. */
export function createOutbox(parts: CommandParts, draw: (message: Message) => Promise<Drawing | null>): Outbox {
  const { guard, log } = parts;
  const { database, clock } = parts.store;
  const declared = ({ kind }: Message) => parts.registry.messages[kind];
  let nextAt: number | null = null;

  function plan(dueAt: number | null | undefined): void {
    if (dueAt != null) nextAt = Math.min(nextAt ?? dueAt, dueAt);
  }

  /** Null where it is given up: nothing is posted there later, nor drawn for it. */
  async function again({ id }: Message, dueAt: number | null): Promise<void> {
    plan(dueAt);
    await (dueAt === null ? setGone(database.query, id, 'refused') : putOff(database, id, dueAt));
  }

  /** Postpones a message that cannot be drawn by itself, so that the others need not wait. */
  async function drawn(message: Message): Promise<Drawing[]> {
    const declaration = declared(message);
    try {
      const standing = (await declaration.mayBePosted?.(parts, message)) ?? 'may';
      if (standing === 'unknown') {
        await putOff(database, message.id, clock.now() + askAgainMs, 0);
        return [];
      }
      if (standing === 'mayNot') {
        await declaration.gaveUp?.(parts, message, 'mayNot');
        await putOff(database, message.id, null);
        return [];
      }
      const made = await attempt('message', message, () => draw(message));
      if (made === null) return [];
      // What a late answer made due once more is not told a third time.
      const isNews =
        made.value !== null && !(mustArrive(made.value) && isTold(made.value.stored, outcomeOf(made.value)));
      if (made.value !== null && isNews) return [made.value];
      await putOff(database, message.id, null);
      return [];
    } catch (error) {
      if (isDatabaseFault(error)) throw error;
      log.error({ error, code: 'outbox_undrawn' }, 'a message of the outbox could not be drawn');
      const dueAt = tryAgainAt(message.failures, clock.now());
      await again(message, dueAt);
      if (dueAt === null)
        await guard?.giveUp({ kind: 'message', id: message.id }, (reference) => tell(message, reference));
      return [];
    }
  }

  /** Null where the work was not done: it crashed processes, so the message is given up, or another process has it. */
  async function attempt<T>(
    kind: 'message' | 'send',
    message: Message,
    work: () => Promise<T>,
  ): Promise<{ readonly value: T } | null> {
    if (guard === undefined) return { value: await work() };
    let isTold = false;
    const attempted = await guard.run({ kind, id: message.id }, work, async (reference) => {
      isTold = await tell(message, reference);
      return isTold;
    });
    switch (attempted.kind) {
      case 'done':
        return attempted;
      case 'busy':
        return null;
      case 'givenUp': {
        const dueAt = attempted.again ? tryAgainAt(message.failures, clock.now()) : null;
        if (dueAt === null && !isTold) await declared(message).gaveUp?.(parts, message, 'failed');
        await again(message, dueAt);
        return null;
      }
      default:
        return assertNever(attempted, 'attempt');
    }
  }

  function tell(message: Message, reference: string): Promise<boolean> {
    const about = declared(message).about?.(message) ?? message.reference;
    return tellGivenUp(parts, message, { kind: 'messageGivenUp', about }, reference);
  }

  return {
    async due(limit) {
      const now = clock.now();
      if (nextAt !== null && nextAt <= now) nextAt = null;
      const messages = await claimDue(database, now, limit);
      if (messages.length === limit) plan(now);
      return (await Promise.all(messages.map(drawn))).flat();
    },
    dueInMs: () => (nextAt === null ? null : Math.max(nextAt - clock.now(), 1)),
    async attempt({ stored }, post) {
      const posting = (is: 0 | 1) => notePosting(database, stored.id, is);
      const attempted = await attempt('send', stored, async () => {
        await posting(1);
        return post({ begins: () => posting(0), ends: () => posting(1) });
      });
      return attempted?.value ?? null;
    },
    async ended(drawing, end, instead = null) {
      const { noted, dueAt } = await noteEnd(parts, drawing, end, instead);
      plan(dueAt);
      // The card of a request has left, so its tasks may begin: on SQLite they would hold it up.
      if (drawing.stored.kind === 'request') parts.publish('tasks', null);
      return noted;
    },
  };
}

/** See `Outbox.ended`; `dueAt` is when the message is due again. */
export async function noteEnd(
  parts: CommandParts,
  drawing: Drawing,
  end: PostEnd,
  instead: string | null = null,
): Promise<{ readonly noted: Noted; readonly dueAt: number | null }> {
  const { database, clock } = parts.store;
  const { repeatPauseMs } = parts;
  const { stored, finished, isPlaceholder = false } = drawing;
  const posting = {
    revision: stored.revision,
    isFinished: finished,
    mustArrive: mustArrive(drawing),
    outcome: outcomeOf(drawing),
    isPlaceholder,
    repeatPauseMs,
  };
  const changes = afterPost(stored, posting, end, clock.now());
  const { gaveUp, posted } = parts.registry.messages[stored.kind];
  // First, as after a crash in between the message is due again.
  if (changes.gone === 'refused') await gaveUp?.(parts, stored, end.kind === 'gone' ? 'gone' : 'failed');
  const note = (query: Query) => notePost(query, stored.id, changes, instead);
  const latest =
    end.kind !== 'done' || posted === undefined || isPlaceholder
      ? await note(database.query)
      : await database.transact(async (transaction) => {
          const revision = await note(transaction);
          if (revision !== null) await posted(parts, transaction, stored);
          return revision;
        });
  const isOutdated = (latest ?? 0) > stored.revision;
  return { noted: latest === null ? 'tooLate' : isOutdated ? 'outdated' : 'latest', dueAt: changes.dueAt ?? null };
}
