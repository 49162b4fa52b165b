import { assertNever } from '../assert-never.ts';
import type { Chat } from '../chat/chat.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Consent, ConsentAnswer } from './consent.ts';
import { type Conversations, conversationKey, type Posted, type Sent } from './conversations.ts';
import type { StoredFile } from './file-cards.ts';
import type { Pacing } from './pacing.ts';
import type { TurnAnswerer } from './turn-answerer.ts';
import type { Turns } from './turns.ts';
import { upload } from './upload.ts';

/**
 * Handles a click on a file consent card. Teams wants its answer at once, so the file is made and stored after the
 * turn, and the outcome is a message of its own: the file's card in place of the question, or a sentence.
 *
 * The card gives no permission. An offer, even one from last week, is checked again with the chat, and the file is
 * written only to the caller's own storage, whose address Teams provides.
 *
 * Teams may deliver a click again, and a person may click twice during the upload. A repeated delivery is recognized by
 * its row, also by another process; of two clicks on one card the second is ignored while the first is running. An
 * upload that the end of the process interrupted is not resumed: the address would be stale. Its card is still there
 * and can be clicked.
 */
export interface ConsentHandler {
  /** Resolves when the turn may end; `finished` when the outcome is posted. `finished` never rejects. */
  take(consent: Consent): Promise<{ readonly finished: Promise<void> }>;
}

export interface ConsentHandlerParts {
  readonly chat: Pick<Chat, 'openExport' | 'exportWords' | 'isPosted'>;
  readonly answering: Pick<TurnAnswerer, 'reply' | 'deliver' | 'apologize'>;
  readonly conversations: Pick<Conversations, 'post' | 'showFile' | 'remove'>;
  readonly pacing: Pacing;
  readonly turns: Pick<Turns, 'meet'>;
  /** Where a file may be stored. */
  readonly isFileAllowed: (address: string) => boolean | Promise<boolean>;
  readonly clock: Clock;
  /** Aborts when Usher ends. */
  readonly ending: AbortSignal;
  readonly log: Log;
}

export function createConsentHandler(parts: ConsentHandlerParts): ConsentHandler {
  const { chat, answering, conversations, pacing, turns, clock, log } = parts;
  /** The cards whose click is being handled. */
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
    // If storing failed, the question stays: it may be answered once more.
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
    await send(conversation, () => conversations.post(conversation, { text: chat.exportWords(kind, reader) }));
  }

  async function send<T extends Posted | Sent>(conversation: string, work: () => Promise<T>): Promise<T> {
    pacing.sent(conversationKey(conversation), clock.monotonic());
    const sent = await work();
    if (sent.kind !== 'done')
      log.warn({ error: sent.error, status: sent.status, code: 'file_news_not_taken' }, 'Teams took no news of a file');
    return sent;
  }

  /** Its buttons would stay active forever. This is only cleanup, so it may fail. */
  async function removeCard({ incoming, cardId }: Consent): Promise<void> {
    if (cardId === '' || (await chat.isPosted(cardId))) return;
    pacing.sent(conversationKey(incoming.conversation), clock.monotonic());
    await conversations.remove(incoming.conversation, cardId);
  }

  async function finish(consent: Consent, key: string): Promise<void> {
    try {
      await follow(consent);
    } catch (error) {
      await answering.apologize(consent.incoming, error);
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
