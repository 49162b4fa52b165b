import { assertNever } from '../assert-never.ts';
import type { Chat } from '../chat/chat.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Answering } from './answering.ts';
import type { Consent, ConsentAnswer } from './consent.ts';
import { type Conversations, conversationKey, type Posted, type Sent } from './conversations.ts';
import type { StoredFile } from './file-cards.ts';
import type { Pacing } from './pacing.ts';
import type { Turns } from './turns.ts';
import { upload } from './upload.ts';

/**
 * What becomes of a click on a file consent card. Teams wants its answer at once and makes the storing wait for
 * nobody, so the file is made and stored after the turn, and the outcome is a message of its own: the file's card in
 * the place of the question, or a sentence.
 *
 * The card carries no right. What was offered last week is asked of the chat anew, and only the speaker's own storage,
 * of which Teams names the address, is written to.
 *
 * Teams may deliver a click again, and a person may click twice while the file is on its way. A repeated delivery is
 * known by its row, also by another process; of two clicks on one card the second is passed over while the first is at
 * work. A file that was cut off by the end of the process is not taken up again: the address would be stale. Its card
 * still stands and can be clicked.
 */
export interface Consenting {
  /** Resolves when the turn may end; `finished` when the outcome is told. `finished` never rejects. */
  take(consent: Consent): Promise<{ readonly finished: Promise<void> }>;
}

export interface ConsentingParts {
  readonly chat: Pick<Chat, 'openExport' | 'exportWords' | 'isRequestCard'>;
  readonly answering: Pick<Answering, 'reply' | 'deliver' | 'apologise'>;
  readonly conversations: Pick<Conversations, 'say' | 'showFile' | 'remove'>;
  readonly pacing: Pacing;
  readonly turns: Pick<Turns, 'meet'>;
  /** Where a file may be stored. */
  readonly isFileAllowed: (address: string) => boolean | Promise<boolean>;
  readonly clock: Clock;
  /** Aborts when Usher ends. */
  readonly ending: AbortSignal;
  readonly log: Log;
}

export function createConsenting(parts: ConsentingParts): Consenting {
  const { chat, answering, conversations, pacing, turns, clock, log } = parts;
  /** The cards whose click is at work. */
  const underWay = new Set<string>();

  async function follow(consent: Consent): Promise<void> {
    const { incoming, answer } = consent;
    switch (answer.kind) {
      case 'accepted':
        return store(consent, answer);
      case 'declined':
        await say(consent, 'declined');
        return removeCard(consent);
      case 'unknown':
        return answering.deliver(incoming, await answering.reply(incoming));
      default:
        return assertNever(answer, 'answer');
    }
  }

  async function store(consent: Consent, answer: ConsentAnswer & { kind: 'accepted' }): Promise<void> {
    const { incoming } = consent;
    const opened = await chat.openExport(incoming.speaker, incoming.reader, answer.context);
    if (opened.kind === 'refused') {
      await answering.deliver(incoming, { kind: 'card', message: opened.message });
      return removeCard(consent);
    }
    const uploaded = await upload(opened.file, answer.uploadUrl, { ...parts, isAllowed: parts.isFileAllowed });
    // The question stays where storing failed: it may be answered once more.
    if (uploaded.kind !== 'stored') return say(consent, 'failed');
    log.info({ code: 'file_stored', sizeBytes: opened.file.sizeBytes }, 'a file was stored');
    await show(consent, answer.file);
    await removeCard(consent);
  }

  async function show(consent: Consent, file: StoredFile): Promise<void> {
    const { conversation, reader } = consent.incoming;
    const words = chat.exportWords('stored', reader);
    const shown = await send(conversation, () => conversations.showFile(conversation, file, words));
    if (shown.kind !== 'done') await say(consent, 'stored');
  }

  async function say({ incoming }: Consent, kind: Parameters<Chat['exportWords']>[0]): Promise<void> {
    const { conversation, reader } = incoming;
    await send(conversation, () => conversations.say(conversation, chat.exportWords(kind, reader)));
  }

  async function send<T extends Posted | Sent>(conversation: string, work: () => Promise<T>): Promise<T> {
    pacing.sent(conversationKey(conversation), clock.monotonic());
    const sent = await work();
    if (sent.kind !== 'done')
      log.warn({ error: sent.error, status: sent.status, code: 'file_news_not_taken' }, 'Teams took no news of a file');
    return sent;
  }

  /** Its buttons would be live for ever. It is only tidying, so it may fail. */
  async function removeCard({ incoming, cardId }: Consent): Promise<void> {
    if (cardId === '' || (await chat.isRequestCard(cardId))) return;
    pacing.sent(conversationKey(incoming.conversation), clock.monotonic());
    await conversations.remove(incoming.conversation, cardId);
  }

  async function finish(consent: Consent, key: string): Promise<void> {
    try {
      await follow(consent);
    } catch (error) {
      await answering.apologise(consent.incoming, error);
    } finally {
      underWay.delete(key);
    }
  }

  return {
    async take(consent) {
      const { incoming, cardId } = consent;
      const key = cardId === '' ? incoming.id : `${incoming.place.key}|${cardId}`;
      if (!(await turns.meet(incoming.id, clock.now())) || underWay.has(key)) {
        log.info({ code: 'repeated_consent' }, 'a file was agreed to twice and is stored once');
        return { finished: Promise.resolve() };
      }
      underWay.add(key);
      return { finished: finish(consent, key) };
    },
  };
}
