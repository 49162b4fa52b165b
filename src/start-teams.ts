import { randomUUID } from 'node:crypto';
import { prepareCards } from './chat/cards/render.ts';
import { createChat } from './chat/chat.ts';
import { createChosenLanguages } from './chat/languages/chosen.ts';
import { clouds } from './clouds.ts';
import type { Config } from './config.ts';
import { isDatabaseFault } from './db/database.ts';
import { accessCardsOf, accessCardsShowing } from './features/approvals/access-requests/access-cards.ts';
import { registry } from './features/registry.ts';
import type { Metrics } from './metrics.ts';
import {
  beginEdit,
  findUnshown,
  letGo,
  makeDue,
  noteShown,
  noteUncertain,
  questionsAbout,
} from './outbox/message-store.ts';
import type { Precedence } from './precedence.ts';
import type { AccessParts } from './requests/access-parts.ts';
import { requestsInLine } from './requests/queue.ts';
import { startServer } from './server.ts';
import type { SharedParts } from './start-work.ts';
import { within } from './stopping.ts';
import { createAdapter, serviceHostsOf } from './teams/adapter.ts';
import { createAuthentication } from './teams/authentication.ts';
import { createBot } from './teams/bot.ts';
import { createCardOwners } from './teams/card-owners.ts';
import { createCardUpdater } from './teams/card-updater.ts';
import { createConsentHandler } from './teams/consent-handler.ts';
import { conversationKey, createConversations, isPersonalChat } from './teams/conversations.ts';
import { createTenantStorage, readFile } from './teams/files.ts';
import { startOutboxSender } from './teams/outbox-sender.ts';
import { createPacing } from './teams/pacing.ts';
import { startRecovery } from './teams/recovery.ts';
import { createSignInFlow } from './teams/sign-in-flow.ts';
import { createTurnAnswerer } from './teams/turn-answerer.ts';
import { createTurns } from './teams/turns.ts';
import { createUserTokens } from './teams/user-tokens.ts';
import type { Tickets } from './ticket-rules.ts';
import type { UsherOptions } from './usher-options.ts';

/** The connection to Teams: botbuilder's adapter, and the conversations over it. */
export type Connector = ReturnType<typeof connectTeams>;

export function connectTeams(config: Config, options: UsherOptions, { store, observe }: ConnectorParts) {
  const serviceHosts = serviceHostsOf(config, options.adapter);
  const { adapter, authentication } = createAdapter(config, options.adapter);
  const { appId } = config.bot;
  const conversations = createConversations({ adapter, appId, serviceHosts, clock: store.clock, observe });
  return { adapter, authentication, serviceHosts, conversations };
}

interface ConnectorParts {
  readonly store: AccessParts;
  readonly observe: Metrics['observer']['message'];
}

/**
 * Everything between Teams and the database: it receives activities, answers them, posts what the outbox holds, and keeps
 * the cards up to date with what the background work publishes.
 */
export interface Teams {
  readonly port: number;
  /** Answers what an earlier process left. */
  resume(): Promise<void>;
  /** Resolves when every message has its answer. */
  answered(): Promise<void>;
  /** Resolves when every card is up to date, and the outbox empty. */
  shown(): Promise<void>;
  /** Takes no new messages. */
  stopReceiving(limitMs: number): Promise<void>;
  /** Finishes the answers, within `limitMs`, and the present look of the recovery. */
  finishAnswers(limitMs: number): Promise<void>;
  /** Sends what is left, within `limitMs` a step, and releases the open turns. */
  stop(limitMs: number): Promise<void>;
}

export interface TeamsParts extends SharedParts {
  readonly connector: Connector;
  readonly precedence: Precedence;
  readonly metrics: Metrics;
  readonly tickets: Tickets;
  readonly checks: Readonly<Record<'database' | 'graph', () => Promise<boolean>>>;
}

const mostUnshown = 500;
/** A card that offers something is of no use after that. */
const ownedForMs = 7 * 24 * 3_600_000;
/** A request further back learns its new position when it gets nearer. */
const cardsInLine = 20;
/** For each of the final steps that use the database. */
const closeMs = 1_500;
/** For the last look of the recovery. */
const dueMs = 4_000;

export async function startTeams(parts: TeamsParts): Promise<Teams> {
  const { config, options, store, graphAccess, bus, guard, precedence, metrics, checks, log } = parts;
  const { adapter, authentication, serviceHosts, conversations } = parts.connector;
  const { database, clock } = store;
  const { observer } = metrics;
  const lease = options.leaseMs === undefined ? {} : { leaseMs: options.leaseMs };
  const { repeatPauseMs } = options;
  const pacing = createPacing();
  const turns = createTurns({ database, clock, log, ...lease });
  /** Aborts at the stop, and when nothing may be sent any more. */
  const stopping = new AbortController();
  const ending = new AbortController();

  const storage = createTenantStorage({
    hosts: config.sharePointHosts,
    domain: clouds[config.cloud].fileDomain,
    readDomain: graphAccess.initialDomain,
    log,
  });
  const isFileAllowed = options.isFileAllowed ?? storage.isOwn;
  const languages = createChosenLanguages(database, { fixed: config.language, clock, log });
  const commandParts = {
    ...graphAccess.appOnly,
    graphAccess: graphAccess.signIns === null ? 'appOnly' : 'delegated',
    store,
    log,
    isShown: graphAccess.isShown,
    requestFor: config.requestFor,
    removalSecondPerson: config.removalSecondPerson,
    approvers: config.roles.approvers,
    tickets: parts.tickets,
    publish: bus.publish,
    findMember: conversations.findMember,
    isOpenPlace: (conversation: string) => config.detailsInChannels || isPersonalChat(conversation),
    isPersonalChat,
    languages,
    post: conversations.post,
    readFile: (file: Parameters<typeof readFile>[0]) => readFile(file, isFileAllowed, log),
    entraPortal: clouds[config.cloud].entraPortal,
    observe: observer.chat,
    repeatPauseMs,
    guard,
  } as const;
  const chat = createChat(commandParts, registry, graphAccess.signIns);
  const posting = { conversations, pacing, keyOf: conversationKey, clock, ending: ending.signal, log };
  const { giveWay } = precedence;

  const editing = { database, clock, owner: randomUUID(), stillMs: options.editEveryMs ?? 2_000, ...lease };
  const cardUpdater = createCardUpdater({
    draw: chat.draw,
    noteShown: (id, revision, told) => noteShown(database, id, revision, told),
    noteUncertain: (id, told) => noteUncertain(database, id, told),
    async letGo(message, isDue) {
      await letGo(database, message, isDue ? clock.now() : null);
      bus.publish('outbox', null);
    },
    async makeDue(id) {
      await makeDue(database, id, clock.now());
      bus.publish('outbox', null);
    },
    guard,
    giveUp: chat.giveUpCard,
    beginEdit: (liveId) => beginEdit(editing, liveId),
    giveWay,
    ...posting,
    ...(options.editEveryMs === undefined ? {} : { editEveryMs: options.editEveryMs }),
  });
  const { posted, showed, touch } = cardUpdater;
  bus.subscribe('cards', (requestId) => void touchInLine(requestId));
  bus.subscribe('access', (id) => {
    // What another process changed, it announces by `outbox` and draws itself.
    if (id === null) return;
    // A change of an access request may cause notices.
    outboxSender.wake();
    void touchAccessCards(id);
  });

  /** A change updates the request's own card, and the positions of those that wait. */
  async function touchInLine(requestId: string): Promise<void> {
    touch(requestId);
    try {
      const inLine = await requestsInLine(store, cardsInLine);
      for (const other of inLine) touch(other);
      const shown = [requestId, ...inLine];
      for (const card of await accessCardsShowing(database, shown)) touch(card);
      for (const card of await questionsAbout(database, shown)) touch(card);
    } catch (error) {
      log.warn({ error, code: 'line_unread' }, 'the cards of those who wait were not brought up to date');
    }
  }

  /** An access request has cards in several conversations. */
  async function touchAccessCards(accessRequestId: string): Promise<void> {
    try {
      for (const card of await accessCardsOf(database, accessRequestId)) touch(card);
    } catch (error) {
      log.warn({ error, code: 'cards_unread' }, 'the cards of an access request were not brought up to date');
    }
  }

  const outboxSender = startOutboxSender({
    ...posting,
    outbox: chat.outbox,
    placeholder: chat.placeholder,
    posted,
    touch,
    giveWay,
  });
  bus.subscribe('outbox', outboxSender.wake);

  const owners = createCardOwners(database, clock);
  const answers = { ...posting, chat, turns };
  const signInFlow = createSignInFlow(graphAccess.signIns, {
    connection: config.signInConnection,
    userTokens: createUserTokens({ adapter, appId: config.bot.appId, connection: config.signInConnection }),
    resume: async (incoming) => (await answering.answer(incoming)).finished,
    ...answers,
  });
  const answering = createTurnAnswerer({
    ...answers,
    owners,
    posted,
    showed,
    touch,
    repeatPauseMs,
    gaveUp: () => observer.givenUp('turn'),
    ...(signInFlow === null ? {} : { askToSignIn: signInFlow.ask }),
  });
  const issuer = config.bot.auth === 'none' ? null : clouds[config.cloud].bot.ToBotFromChannelTokenIssuer;
  const consentHandler = createConsentHandler({ ...answers, answering, isFileAllowed });
  const bot = createBot({
    guard: { allowedTenants: config.allowedTenants, issuer, serviceHosts },
    commandsPerMinute: config.commandsPerMinute,
    localeFor: languages.localeFor,
    ...answers,
    answering,
    consentHandler,
    ...(signInFlow === null ? {} : { signInFlow }),
  });
  const { receive } = createAuthentication({
    adapter,
    authentication,
    // Only what the channel service has sent goes first.
    onTurn: (context, sender) => precedence.answering(() => bot.onTurn(context, sender)),
    onSignIn: (activity, sender) => precedence.answering(() => bot.onSignIn(activity, sender)),
    issuer,
    clock,
    log,
  });
  const server = await startServer({
    host: config.host,
    port: config.port,
    directOnly: config.bot.auth === 'none',
    receive,
    checks,
    brokenEntries: () => [
      ...graphAccess.brokenEntries().map(({ app, kind }) => `${app}: ${kind}`),
      ...graphAccess.brokenInKits().map(({ kit, app, kind }) => `${kit} (kit): ${app}: ${kind}`),
    ],
    ...(config.metrics.on ? { metrics: { ...metrics, token: config.metrics.token } } : {}),
    log,
  });

  const findOutdated = () => findUnshown(database, mostUnshown);
  const recovery = startRecovery({
    resume: bot.resume,
    findUnshown: findOutdated,
    touch,
    prune: async () => {
      await guard.prune();
      await owners.prune(clock.now() - ownedForMs);
    },
    clock,
    log,
    giveWay,
  });
  void prepareCards(clock, stopping.signal);

  return {
    port: server.port,
    async resume() {
      try {
        for (const id of await findOutdated()) touch(id);
        await bot.resume();
      } catch (error) {
        // The database is away again already: the recovery checks again shortly.
        if (!isDatabaseFault(error)) throw error;
        log.warn({ error, code: 'leftovers_unread' }, 'what an earlier process left could not be looked for');
      }
    },
    answered: bot.settled,
    async shown() {
      await outboxSender.settled();
      await cardUpdater.settled();
      // An outcome that no card can show any more is a message of its own.
      await outboxSender.settled();
    },
    async stopReceiving(limitMs) {
      stopping.abort();
      // It takes up no turn any more; its present look is waited for with the answers.
      void recovery.stop();
      await server.stop(limitMs);
    },
    async finishAnswers(limitMs) {
      await Promise.all([within(clock, bot.settled(), limitMs), within(clock, recovery.stop(), dueMs)]);
    },
    async stop(limitMs) {
      await within(clock, cardUpdater.settled(), limitMs);
      ending.abort();
      await within(clock, outboxSender.stop(), limitMs);
      await within(clock, cardUpdater.settled(), limitMs);
      await within(clock, Promise.all([bot.stop(), turns.stop(), guard.stop()]), closeMs);
    },
  };
}
