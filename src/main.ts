import { randomUUID } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { readAppsFile } from './apps-file.ts';
import { prepareCards } from './chat/cards/render.ts';
import { createChat } from './chat/chat.ts';
import type { CommandParts } from './chat/registry/define-command.ts';
import { systemClock } from './clock.ts';
import { clouds } from './clouds.ts';
import { type Config, describeProblems } from './config.ts';
import { configWarnings } from './config-warnings.ts';
import { claimDatabase } from './db/claim.ts';
import { isDatabaseFault } from './db/database.ts';
import { storedBindings } from './db/stored-bindings.ts';
import { accessCardsOf, accessCardsShowing } from './features/approvals/access-requests/access-cards.ts';
import { startApprovalScheduler } from './features/approvals/access-requests/approval-scheduler.ts';
import { judgeEnd } from './features/approvals/access-requests/awaiting.ts';
import { routeAccess } from './features/approvals/access-requests/routing.ts';
import { prepareStart } from './features/approvals/access-requests/starting.ts';
import { giveUpWatch } from './features/checks/outbox.ts';
import { startWatcher } from './features/checks/watching/watcher.ts';
import { registry } from './features/registry.ts';
import { lookAtEntries, sayIfAway } from './first-look.ts';
import { readGauges } from './gauges.ts';
import { startWarming } from './graph/job-survey.ts';
import { kept } from './graph/kept.ts';
import { createGraphAccess, requestersOf, withoutWork } from './graph-access.ts';
import { createLog } from './log.ts';
import { forTerminal } from './masking/hidden.ts';
import { createMetrics } from './metrics.ts';
import { runProgram } from './program.ts';
import type { AccessParts } from './requests/access-parts.ts';
import { createCrashGuard } from './requests/crash-guard.ts';
import { startDispatcher } from './requests/dispatcher.ts';
import { beginEdit, pruneEdits } from './requests/editing.ts';
import { provisioningService } from './requests/provisioning-service.ts';
import { hasWork, requestsInLine } from './requests/queue.ts';
import { findUnposted } from './requests/store.ts';
import { startMetricsPort, startServer } from './server.ts';
import { patientGrace, within } from './stopping.ts';
import { createAdapter, serviceHostsOf } from './teams/adapter.ts';
import { createAuthentication } from './teams/authentication.ts';
import { createBot } from './teams/bot.ts';
import { createCardOwners } from './teams/card-owners.ts';
import { createCardUpdater } from './teams/card-updater.ts';
import { createConsentHandler } from './teams/consent-handler.ts';
import { conversationKey, createConversations, isPersonalChat } from './teams/conversations.ts';
import { createTenantStorage, readFile } from './teams/files.ts';
import { createOutboxSender } from './teams/outbox-sender.ts';
import { createPacing } from './teams/pacing.ts';
import { startRecovery } from './teams/recovery.ts';
import { createSignInFlow } from './teams/sign-in-flow.ts';
import { createTurnAnswerer } from './teams/turn-answerer.ts';
import { createTurns } from './teams/turns.ts';
import { createUserTokens } from './teams/user-tokens.ts';
import type { Usher, UsherOptions } from './usher-options.ts';

export type { Usher, UsherOptions } from './usher-options.ts';

/** For due work on access requests, and for the notes about calls. */
const workMs = 4_000;
/** For each of the two final steps that use the database: the remaining notes, and the close. */
const closeMs = 1_500;
const restPollMs = 50;
const mostUndrawn = 500;
/** By then the offer of a card is outdated. */
const ownedForMs = 7 * 24 * 3_600_000;
/** A later card would be outdated. */
const postedWithinMs = 24 * 3_600_000;
/** After twice that, the process that was to post a card has lost its lease, or is gone. */
const defaultLeaseMs = 30_000;
/** A request further back learns its new position when it gets nearer. */
const cardsInLine = 20;

/**
 * Builds the parts, starts them, and resumes what an earlier process left: unanswered turns, interrupted calls,
 * outdated cards.
 *
 * @throws when the database, the apps file or the port is not available.
 */
export async function startUsher(config: Config, options: UsherOptions = {}): Promise<Usher> {
  const machineClock = options.clock ?? systemClock;
  const log = options.log ?? createLog(config.logLevel);
  const grace = options.grace ?? patientGrace;
  const appsFile = readAppsFile(config.appsFile);
  if (!appsFile.ok) throw new Error(describeProblems(appsFile.problems));

  const database = await claimDatabase(config.database, machineClock);
  const clock = options.clock ?? database.dialect.clock;
  const checks = {
    database: () => database.ping().then(() => true),
    graph: kept(() => graphAccess.answers(), clock),
  };
  const metrics = createMetrics({
    gauges: () => readGauges(store),
    brokenEntries: () => graphAccess.brokenEntries().length,
    checks,
    clock,
    log,
  });
  const { observer } = metrics;
  const { entries } = appsFile;
  const bindings = storedBindings(database, clock);
  const { login } = options;
  const graphAccess = createGraphAccess({ config, entries, bindings, clock, log, observe: observer.graphCall, login });
  const { access, directory, applications, synchronization, assignments } = graphAccess.appOnly;
  // Background work needs a permission that is always available.
  const isAppOnly = graphAccess.signIns === null;
  const store: AccessParts = {
    database,
    clock,
    gate: { scope: 'tenant', limits: config.gate },
    approvals: config.approvals,
    conversationKey,
  };

  const { adapter, authentication } = createAdapter(config, options.adapter);
  const serviceHosts = serviceHostsOf(config, options.adapter);
  const { appId } = config.bot;
  const conversations = createConversations({ adapter, appId, serviceHosts, clock, observe: observer.message });
  const pacing = createPacing();
  const lease = options.leaseMs === undefined ? {} : { leaseMs: options.leaseMs };
  const turns = createTurns({ database, clock, log, ...lease });
  const guard = createCrashGuard({ database, clock, log, observe: observer.givenUp });
  const ending = new AbortController();
  const stopping = new AbortController();

  const storage = createTenantStorage({
    hosts: config.sharePointHosts,
    domain: clouds[config.cloud].fileDomain,
    readDomain: graphAccess.initialDomain,
    log,
  });
  const isFileAllowed = options.isFileAllowed ?? storage.isOwn;
  const commandParts: Omit<CommandParts, 'registry' | 'grammar'> = {
    ...graphAccess.appOnly,
    graphAccess: isAppOnly ? 'appOnly' : 'delegated',
    store,
    log,
    requestFor: config.requestFor,
    // The answer first: on SQLite all following work would finish before its card could be sent.
    wake: () => void setImmediate(dispatcher.wake),
    accessChanged: (accessRequestId) => {
      scheduler.wake();
      void showAccess(accessRequestId);
    },
    watchesChanged: () => watcher.wake(),
    findMember: conversations.findMember,
    isOpenPlace: (conversation) => config.detailsInChannels || isPersonalChat(conversation),
    post: async (conversation, message) => {
      const posted = await conversations.post(conversation, message);
      return posted.kind === 'done' ? posted.cardId : null;
    },
    readFile: (file) => readFile(file, isFileAllowed, log),
    entraPortal: clouds[config.cloud].entraPortal,
    observe: observer.chat,
    guard,
  };
  const chat = createChat(commandParts, registry, graphAccess.signIns);
  const editing = { database, clock, owner: randomUUID(), stillMs: options.editEveryMs ?? 2_000, ...lease };
  const cardUpdater = createCardUpdater({
    draw: chat.draw,
    markDrawn: chat.markDrawn,
    guard,
    giveUp: chat.giveUpCard,
    beginEdit: (liveId) => beginEdit(editing, liveId),
    conversations,
    pacing,
    keyOf: conversationKey,
    clock,
    ending: ending.signal,
    log,
    ...(options.editEveryMs === undefined ? {} : { editEveryMs: options.editEveryMs }),
  });
  const dispatcher = startDispatcher({
    store,
    graph: provisioningService(synchronization, graphAccess.isShown),
    ...requestersOf(graphAccess, database),
    log,
    changed: (requestId) => void announce(requestId),
    observe: observer.dispatcher,
    ...lease,
    ...(options.assignmentDelaysMs === undefined ? {} : { assignmentDelaysMs: options.assignmentDelaysMs }),
  });

  const outboxSender = createOutboxSender({
    outbox: chat.outbox,
    conversations,
    pacing,
    keyOf: conversationKey,
    showed: cardUpdater.showed,
    clock,
    ending: ending.signal,
    log,
  });
  const { requestFor } = config;
  const forAccess = { store, access, assignments, applications, directory, synchronization, requestFor };
  const scheduler = (isAppOnly ? startApprovalScheduler : withoutWork)({
    parts: store,
    actions: {
      route: (request) => routeAccess({ ...forAccess, approvers: config.roles.approvers }, request),
      start: (request) => prepareStart(forAccess, request),
      end: (request) => judgeEnd(forAccess, request),
    },
    guard: guard.of('ending'),
    changed: (accessRequestId) => {
      dispatcher.wake();
      void showAccess(accessRequestId);
    },
    log,
    ...lease,
  });

  const watcher = (isAppOnly ? startWatcher : withoutWork)({
    store,
    readStatus: (appId) => synchronization.findStatus(appId),
    isEnabled: (appId) => applications.isEnabled(appId),
    changed: () => outboxSender.wake(),
    guard: guard.of('watch', (watched, reference) => giveUpWatch(commandParts, watched, reference)),
    log,
    ...(options.watchEveryMs === undefined ? {} : { everyMs: options.watchEveryMs }),
  });

  const survey = guard.of('survey');
  const warming = isAppOnly ? startWarming({ applications, synchronization, guard: survey, clock, log }) : null;

  /** A change updates the request's own card, and the positions of those that wait. */
  async function announce(requestId: string): Promise<void> {
    cardUpdater.touch(requestId);
    scheduler.wake();
    try {
      const inLine = await requestsInLine(store, cardsInLine);
      for (const other of inLine) cardUpdater.touch(other);
      for (const card of await accessCardsShowing(database, [requestId, ...inLine])) cardUpdater.touch(card);
    } catch (error) {
      log.warn({ error, code: 'line_unread' }, 'the cards of those who wait were not brought up to date');
    }
  }

  /** An access request has cards in several conversations, and its change may cause notices. */
  async function showAccess(accessRequestId: string): Promise<void> {
    outboxSender.wake();
    try {
      for (const card of await accessCardsOf(database, accessRequestId)) cardUpdater.touch(card);
    } catch (error) {
      log.warn({ error, code: 'cards_unread' }, 'the cards of an access request were not brought up to date');
    }
  }

  const signInFlow = createSignInFlow(graphAccess.signIns, {
    connection: config.signInConnection,
    userTokens: createUserTokens({ adapter, appId: config.bot.appId, connection: config.signInConnection }),
    chat,
    conversations,
    resume: async (incoming) => (await answering.answer(incoming, null)).finished,
    clock,
    log,
  });
  const owners = createCardOwners(database, clock);
  const answering = createTurnAnswerer({
    chat,
    owners,
    conversations,
    pacing,
    turns,
    showed: cardUpdater.showed,
    touch: cardUpdater.touch,
    gaveUp: () => observer.givenUp('turn'),
    ...(signInFlow === null ? {} : { askToSignIn: signInFlow.ask }),
    clock,
    ending: ending.signal,
    log,
  });
  const issuer = config.bot.auth === 'none' ? null : clouds[config.cloud].bot.ToBotFromChannelTokenIssuer;
  const consentHandler = createConsentHandler({
    chat,
    answering,
    conversations,
    pacing,
    turns,
    isFileAllowed,
    clock,
    ending: ending.signal,
    log,
  });
  const bot = createBot({
    guard: { allowedTenants: config.allowedTenants, issuer, serviceHosts },
    commandsPerMinute: config.commandsPerMinute,
    chat,
    answering,
    consentHandler,
    ...(signInFlow === null ? {} : { signInFlow }),
    conversations,
    turns,
    clock,
    log,
  });
  const activityAuthentication = createAuthentication({
    adapter,
    authentication,
    onTurn: bot.onTurn,
    onSignIn: bot.onSignIn,
    issuer,
    clock,
    log,
  });
  const server = await startServer({
    host: config.host,
    port: config.port,
    directOnly: config.bot.auth === 'none',
    receive: activityAuthentication.receive,
    checks,
    brokenEntries: () => graphAccess.brokenEntries().map(({ app, kind }) => `${app}: ${kind}`),
    ...(config.metrics.on ? { metrics: { ...metrics, token: config.metrics.token } } : {}),
    log,
  });
  const { port: metricsPort } = config.metrics;
  const scraping =
    config.metrics.on && metricsPort !== null ? await startMetricsPort({ ...metrics, port: metricsPort, log }) : null;

  const findUndrawn = () => chat.findUndrawn(mostUndrawn);
  try {
    for (const liveId of await findUndrawn()) cardUpdater.touch(liveId);
    await bot.resume();
  } catch (error) {
    // The database is away again already: the recovery loop checks again shortly.
    if (!isDatabaseFault(error)) throw error;
    log.warn({ error, code: 'leftovers_unread' }, 'what an earlier process left could not be looked for');
  }
  const recovery = startRecovery({
    resume: bot.resume,
    findUndrawn,
    touch: cardUpdater.touch,
    findUnposted: () => {
      const now = clock.now();
      return findUnposted(database, now - postedWithinMs, now - 2 * (options.leaseMs ?? defaultLeaseMs), mostUndrawn);
    },
    post: (id) => guard.of('post', chat.giveUpCard)(id, () => answering.postLive(id)),
    prune: async () => {
      await Promise.all([pruneEdits(database, clock.now()), guard.prune()]);
      await owners.prune(clock.now() - ownedForMs);
    },
    clock,
    ending: stopping.signal,
    log,
  });
  // Another process, or this one, has stored work to do.
  const wakeFor = { tasks: dispatcher.wake, access: scheduler.wake, outbox: outboxSender.wake };
  const listening = database.dialect.listen({ woken: (topic) => wakeFor[topic](), clock, log });
  for (const warning of configWarnings(config)) log.warn({ code: 'doubtful_setting' }, warning);
  log.info({ port: server.port, host: config.host, cloud: config.cloud }, 'Usher is ready');
  void prepareCards(clock, stopping.signal);
  // Not awaited: Graph may be away for a moment. The call also prepares token and connection for the first message.
  if (config.graph.auth === 'azure') void sayIfAway(graphAccess.answers, log);
  // Reported at once, and not only when a caller names such an app.
  if (config.graph.auth === 'azure' && entries.length > 0) void lookAtEntries(applications, log);

  return {
    port: server.port,
    async settled() {
      await bot.settled();
      await scheduler.settled();
      while (await hasWork(store)) await clock.sleep(restPollMs);
      await scheduler.settled();
      await watcher.settled();
      await outboxSender.settled();
      await cardUpdater.settled();
    },
    async stop() {
      log.info('Usher is stopping');
      stopping.abort();
      listening.stop();
      await Promise.all([server.stop(grace.httpMs), scraping?.stop()]);
      await Promise.all([
        within(clock, bot.settled(), grace.drawMs),
        within(clock, Promise.all([scheduler.stop(), watcher.stop(), warming?.stop(), recovery.ended]), workMs),
        // Tasks that it could not release by then are taken over when their leases expire.
        within(clock, dispatcher.stop(grace.callMs), grace.callMs + workMs),
      ]);
      await within(clock, cardUpdater.settled(), grace.drawMs);
      ending.abort();
      await within(clock, outboxSender.settled(), grace.drawMs);
      await within(clock, cardUpdater.settled(), grace.drawMs);
      await within(clock, Promise.all([bot.stop(), turns.stop(), guard.stop()]), closeMs);
      await graphAccess.close();
      await within(clock, database.close(), closeMs);
      log.info('Usher has stopped');
    },
  };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  runProgram(startUsher).catch((error: unknown) => {
    process.stderr.write(
      forTerminal(`Usher cannot start: ${error instanceof Error ? error.message : String(error)}\n`),
    );
    process.exit(1);
  });
}
