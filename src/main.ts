import { pathToFileURL } from 'node:url';
import { readAppsFile } from './apps-file.ts';
import { createBus } from './bus.ts';
import { systemClock } from './clock.ts';
import { type Config, describeProblems } from './config.ts';
import { configWarnings } from './config-warnings.ts';
import { claimDatabase } from './db/claim.ts';
import { storedBindings } from './db/stored-bindings.ts';
import { lookAtAppsFile, sayIfAway } from './first-look.ts';
import { readGauges } from './gauges.ts';
import { kept } from './graph/kept.ts';
import { createGraphAccess } from './graph-access.ts';
import { createLog } from './log.ts';
import { forTerminal } from './masking/hidden.ts';
import { createMetrics } from './metrics.ts';
import { createPrecedence } from './precedence.ts';
import { runProgram } from './program.ts';
import { recordedSettings, recordStart } from './record-start.ts';
import type { AccessParts } from './requests/access-parts.ts';
import { writeAudit } from './requests/audit-log.ts';
import { createCrashGuard } from './requests/crash-guard.ts';
import { createRefusals } from './requests/refusal-limit.ts';
import { startMetricsPort } from './server.ts';
import { connectTeams, startTeams } from './start-teams.ts';
import { startWork } from './start-work.ts';
import { patientGrace, within } from './stopping.ts';
import { startStreams, streamNames } from './streams/streams.ts';
import { conversationKey } from './teams/conversations.ts';
import { createTickets } from './ticket-rules.ts';
import type { Usher, UsherOptions } from './usher-options.ts';

export type { Usher, UsherOptions } from './usher-options.ts';

/** For the last step that uses the database. */
const closeMs = 1_500;

/**
 * Starts Graph, the background work and Teams, in this order, over one database and one bus, and resumes what an earlier
 * process left: unanswered turns, interrupted calls, outdated cards. They stop in reverse.
 *
 *     Teams ──activities──▶ database ◀──due──┐
 *       ▲                      │             │
 *       └────── bus ◀──published── work ──calls──▶ Graph
 *
 * @throws when the database, the apps file or the port is not available.
 */
export async function startUsher(config: Config, options: UsherOptions = {}): Promise<Usher> {
  const log = options.log ?? createLog(config.logLevel);
  const grace = options.grace ?? patientGrace;
  const appsFile = readAppsFile(config.appsFile);
  if (!appsFile.ok) throw new Error(describeProblems(appsFile.problems));
  const { entries, kits } = appsFile;

  const database = await claimDatabase(config.database, options.clock ?? systemClock);
  const clock = options.clock ?? database.dialect.clock;
  const gate = { scope: 'tenant', limits: config.gate };
  await recordStart({ database, clock, log }, recordedSettings(config, appsFile));
  const refusals = createRefusals({
    record: ({ actorId, ...details }) =>
      writeAudit(database.query, { at: clock.now(), actorId, kind: 'refusalsCounted', requestId: null, details }),
    clock,
    log,
    ...(options.refusalsPerHour === undefined ? {} : { perHour: options.refusalsPerHour }),
  });
  const precedence = createPrecedence(clock);
  const { giveWay } = precedence;
  const store: AccessParts = { database, clock, gate, approvals: config.approvals, conversationKey, refusals, giveWay };
  const checks = {
    database: () => database.ping().then(() => true),
    graph: kept(() => graphAccess.answers(), clock),
  };
  const metrics = createMetrics({
    gauges: () => readGauges(store, streamNames(config)),
    brokenEntries: () => graphAccess.brokenEntries().length,
    checks,
    clock,
    log,
  });
  const { observer } = metrics;
  const bus = createBus(log);
  const guard = createCrashGuard({ database, clock, log, observe: observer.givenUp });

  const bindings = storedBindings(database, clock);
  const { login } = options;
  const graphAccess = createGraphAccess({
    config,
    entries,
    kits,
    bindings,
    clock,
    log,
    observe: observer.graphCall,
    login,
  });
  const connector = connectTeams(config, options, { store, observe: observer.message });
  const tickets = createTickets(config.tickets, entries);
  const shared = { config, options, store, graphAccess, bus, guard, log };
  const work = startWork({
    ...shared,
    post: connector.conversations.post,
    observe: observer.dispatcher,
    pruned: observer.pruned,
  });
  const teams = await startTeams({ ...shared, tickets, connector, precedence, metrics, checks });
  const { leaseMs } = options;
  const streams = await startStreams({
    ...{ config, database, clock, bus, log, giveWay, observe: observer.stream },
    ...(leaseMs === undefined ? {} : { leaseMs }),
  });
  const { on, port: metricsPort } = config.metrics;
  const scraping = on && metricsPort !== null ? await startMetricsPort({ ...metrics, port: metricsPort, log }) : null;
  await teams.resume();
  // Another process, or this one, has stored work to do.
  const listening = database.dialect.listen({ woken: (topic) => bus.publish(topic, null), clock, log });

  for (const warning of configWarnings(config, [...entries, ...kits])) log.warn({ code: 'doubtful_setting' }, warning);
  log.info({ port: teams.port, host: config.host, cloud: config.cloud }, 'Usher is ready');
  // Not awaited: Graph may be away for a moment. The call also prepares token and connection for the first message.
  if (config.graph.auth === 'azure') void sayIfAway(graphAccess.answers, log);
  // Reported at once, and not only when a caller names such an app.
  if (config.graph.auth === 'azure' && entries.length + kits.length > 0)
    void lookAtAppsFile({ ...graphAccess.appOnly, clock, log });

  return {
    port: teams.port,
    async settled() {
      await teams.answered();
      await work.settled();
      await teams.shown();
    },
    async stop() {
      log.info('Usher is stopping');
      listening.stop();
      precedence.end();
      await Promise.all([teams.stopReceiving(grace.httpMs), scraping?.stop()]);
      await Promise.all([teams.finishAnswers(grace.drawMs), work.stop(grace.callMs)]);
      await teams.stop(grace.drawMs);
      await within(clock, refusals.stop(), closeMs);
      await within(clock, streams.stop(), closeMs);
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
