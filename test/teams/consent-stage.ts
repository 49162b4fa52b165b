import type { Incoming, Speaker } from '../../src/chat/incoming.ts';
import type { OpenedExport } from '../../src/chat/registry/define-command.ts';
import type { CardMessage, ExportContext, FileOffer, Reply } from '../../src/chat/reply.ts';
import { systemClock } from '../../src/clock.ts';
import { readConfig } from '../../src/config.ts';
import { openDatabase } from '../../src/db/database.ts';
import { createLog } from '../../src/log.ts';
import { loopback, sandboxEnvironment } from '../../src/sandbox/environment.ts';
import { consentActivity, exchangeActivity, messageActivity } from '../../src/sandbox/teams/activity.ts';
import { type Connector, startConnector } from '../../src/sandbox/teams/connector.ts';
import { type Storage, startStorage } from '../../src/sandbox/teams/storage.ts';
import { tenantId } from '../../src/sandbox/tenant/identity.ts';
import { people } from '../../src/sandbox/tenant/people.ts';
import { startServer } from '../../src/server.ts';
import { createAdapter } from '../../src/teams/adapter.ts';
import { createAuthentication } from '../../src/teams/authentication.ts';
import { createBot } from '../../src/teams/bot.ts';
import { createConsentHandler } from '../../src/teams/consent-handler.ts';
import { createConversations } from '../../src/teams/conversations.ts';
import { createPacing } from '../../src/teams/pacing.ts';
import { createTurnAnswerer } from '../../src/teams/turn-answerer.ts';
import { createTurns } from '../../src/teams/turns.ts';
import { type ShownCard, shownCards } from '../support/usher.ts';
import { cardOf } from './answering-stage.ts';

/** The whole way from HTTP to HTTP, around a chat that answers every message with a file of two lines. */
export interface ConsentStage {
  readonly connector: Connector;
  readonly storage: Storage;
  readonly codes: readonly unknown[];
  /** Who asked the chat to open which export. */
  readonly opened: readonly { readonly speaker: Speaker; readonly context: ExportContext }[];
  /** The chat's answer to them; the file unless a test says otherwise. */
  open: () => Promise<OpenedExport>;
  /** Unknown buttons. */
  readonly unknown: readonly Incoming[];
  /** Types a line as Alex; resolves when the answer is posted. */
  say(): Promise<void>;
  /** Posts an activity as it is. */
  send(activity: unknown): Promise<{ readonly status: number; readonly body: string }>;
  /** The click of Alex on a consent card. */
  click(
    card: ShownCard,
    action: 'accept' | 'decline',
    change?: Readonly<Record<string, unknown>>,
  ): Record<string, unknown>;
  cards(): readonly ShownCard[];
  /** The consent card; throws when it is not there. */
  offered(): ShownCard;
  settled(): Promise<void>;
  close(): Promise<void>;
}

export const content = 'when,who\n2026-01-05,Alex\n';
export const offer: FileOffer = {
  fileName: 'history.csv',
  description: 'All that Usher did since Monday.',
  sizeBytes: Buffer.byteLength(content),
  context: { about: { appId: '5eed0000-0000-4000-8000-0000000000a1' }, since: Date.UTC(2026, 0, 5) },
};

const words = { declined: 'No file was stored.', failed: 'The file was not stored.', stored: 'The file is stored.' };
const conversationId = 'personal-alex';
const alex = { id: people.alex.id, name: people.alex.displayName };

export async function startConsentStage(): Promise<ConsentStage> {
  const [connector, storage] = [await startConnector(), await startStorage()];
  const read = readConfig({ PORT: '0', ...sandboxEnvironment('http://127.0.0.1:1/v1.0') });
  if (!read.ok) throw new Error('the sandbox environment is a good one');
  const { config } = read;
  const clock = systemClock;
  const codes: unknown[] = [];
  const opened: { speaker: Speaker; context: ExportContext }[] = [];
  const unknown: Incoming[] = [];
  const log = createLog('info', { write: (line) => void codes.push(JSON.parse(line).code) });
  const database = await openDatabase({ kind: 'sqlite', path: ':memory:' }, clock);
  const ending = new AbortController();

  const chat = {
    async answer(incoming: Incoming): Promise<Reply> {
      if (incoming.what.kind === 'text') return { kind: 'fileOffer', offer };
      unknown.push(incoming);
      return { kind: 'card', message: cardOf('Usher does not know this button.') };
    },
    draw: () => Promise.resolve(null),
    outbox: {
      due: () => Promise.resolve([]),
      dueInMs: () => null,
      attempt: () => Promise.resolve(null),
      ended: () => Promise.resolve('latest' as const),
    },
    besideEarlier: (message: CardMessage) => message,
    isPosted: (cardId: string) => Promise.resolve(cardId === 'card-of-a-request'),
    checking: () => cardOf('One moment.'),
    apology: () => cardOf('Something went wrong.'),
    givenUp: () => cardOf('Usher stopped twice.'),
    databaseAway: () => cardOf('The database is away.'),
    welcome: () => Promise.resolve(cardOf('Hello.')),
    turnAway: (why: string) => `Turned away: ${why}.`,
    recordTurnedAway: () => Promise.resolve(),
    tooMany: (limit: number) => `No more than ${limit}.`,
    editedTooLate: () => 'Too late.',
    openExport(speaker: Speaker, _reader: unknown, context: ExportContext) {
      opened.push({ speaker, context });
      return stage.open();
    },
    exportWords: (kind: keyof typeof words) => words[kind],
  };
  const { adapter, authentication } = createAdapter(config);
  const conversations = createConversations({ adapter, appId: '', serviceHosts: 'loopback', clock });
  const pacing = createPacing();
  const turns = createTurns({ database, clock, log });
  const shared = { chat, conversations, pacing, turns, clock, ending: ending.signal, log };
  const answering = createTurnAnswerer({
    ...shared,
    posted: () => undefined,
    showed: () => Promise.resolve(),
    touch: () => {},
  });
  const isFileAllowed = (address: string) => address.startsWith(storage.url);
  const consentHandler = createConsentHandler({ ...shared, answering, isFileAllowed });
  const guard = { allowedTenants: config.allowedTenants, issuer: null, serviceHosts: 'loopback' as const };
  const bot = createBot({
    ...shared,
    guard,
    localeFor: (_personId, locale) => Promise.resolve(locale),
    commandsPerMinute: 30,
    answering,
    consentHandler,
  });
  const activityAuthentication = createAuthentication({
    adapter,
    authentication,
    onTurn: bot.onTurn,
    issuer: null,
    clock,
    log,
  });
  const server = await startServer({
    host: loopback,
    port: 0,
    receive: activityAuthentication.receive,
    checks: {},
    log,
  });

  const place = { serviceUrl: connector.serviceUrl, conversationId };
  const cards = () => shownCards(connector.deliveries);
  const send = (activity: unknown) => exchangeActivity(`http://${loopback}:${server.port}/api/messages`, activity);
  const stage: ConsentStage = {
    connector,
    storage,
    codes,
    opened,
    open: () => Promise.resolve({ kind: 'file', file: fileOf(content) }),
    unknown,
    async say() {
      await send(messageActivity(alex, place, 'export history since monday'));
      await bot.settled();
    },
    send,
    click(card, action, change = {}) {
      const { acceptContext } = card.content as { acceptContext: unknown };
      const uploadInfo = action === 'accept' ? { uploadInfo: storage.open(card.fileName) } : {};
      const value = { action, context: acceptContext, ...uploadInfo, ...change };
      return {
        ...consentActivity(alex, place, card.id, value),
        conversation: { id: conversationId, conversationType: 'personal', tenantId },
      };
    },
    cards,
    offered() {
      const card = cards().find(({ contentType }) => contentType.endsWith('file.consent'));
      if (card === undefined) throw new Error('no file was offered');
      return card;
    },
    settled: () => bot.settled(),
    async close() {
      ending.abort();
      await server.stop(0);
      await bot.settled();
      await bot.stop();
      await turns.stop();
      await database.close();
      await connector.close();
      await storage.close();
    },
  };
  return stage;
}

export function fileOf(text: string) {
  return {
    fileName: offer.fileName,
    sizeBytes: Buffer.byteLength(text),
    async *read() {
      yield text;
    },
  };
}
