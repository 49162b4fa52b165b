import { randomUUID } from 'node:crypto';
import type { Bus } from '../bus.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Database } from '../db/database.ts';
import { createSteadiness } from '../db/leases.ts';
import { version } from '../graph/version.ts';
import { underLease } from '../lease.ts';
import type { Log } from '../log.ts';
import type { GiveWay } from '../precedence.ts';
import { startWorker, type Worker } from '../worker.ts';
import { fileSink, outputSink } from './line-sink.ts';
import { type Emitter, toOcsf } from './ocsf.ts';
import { readSealed } from './sealed-entries.ts';
import type { Sent, Sink } from './sink.ts';
import {
  type ClaimedStream,
  claimStream,
  noteArrived,
  noteFailed,
  releaseStream,
  renewStream,
  resumeStream,
  type StreamName,
  switchOff,
} from './stream-rows.ts';

/**
 * The streams of the record: each entry, as soon as it is sealed, as a line (`AUDIT_STREAM`) and as an event
 * (`EVENTS_URL`). What keeps one of them from being sent holds up neither the other nor Usher.
 *
 *     sealed ──▶ claimed ──send──▶ arrived: the position moves, the next batch
 *                   ▲                │
 *                   │              failed: tried again when it is due; too old by then: given up, and told
 *                   └──due──┘        │
 *                                  off: until a process starts
 */
export interface Streams {
  /** Resolves when nothing can be sent at this moment. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

export interface StreamsParts {
  readonly config: Pick<Config, 'auditStream' | 'events' | 'allowedTenants' | 'bot'>;
  readonly database: Database;
  readonly clock: Clock;
  readonly bus: Bus;
  readonly log: Log;
  readonly observe: (news: StreamNews) => void;
  readonly leaseMs?: number;
  readonly giveWay?: GiveWay | undefined;
}

/** For the metrics. */
export interface StreamNews {
  readonly stream: StreamName;
  readonly result: 'sent' | 'failed' | 'givenUp';
  /** Entries; of failures, attempts. */
  readonly count: number;
}

const defaultLeaseMs = 30_000;
const idleMs = 60_000;
const [second, minute, hour] = [1_000, 60_000, 3_600_000];
/** The pauses after each failed attempt in a row; the last one stays. */
const pauses: Readonly<Record<StreamName, readonly number[]>> = {
  // A disk has space again as soon as a person has made some.
  audit: [second, 5 * second, 30 * second, minute],
  // The schedule that Standard Webhooks publishes.
  events: [5 * second, ...[5, 30].map((n) => n * minute), ...[2, 5, 10, 14, 20, 24].map((n) => n * hour)],
};
const longestAskedMs = 24 * hour;
/** How long an event is tried; the schedule's ten attempts take three days and a bit. */
const mostAgeMs = 96 * hour;
/** At most so often something is given up, since each time becomes an entry of the record. */
const leastPauseMs = hour;

/** The streams that are set up. */
export function streamNames({ auditStream, events }: Pick<Config, 'auditStream' | 'events'>): readonly StreamName[] {
  return [...(auditStream === null ? [] : ['audit' as const]), ...(events === null ? [] : ['events' as const])];
}

/** What the events of an Usher with this configuration have in common. */
export function emitterOf({ allowedTenants, bot }: Pick<Config, 'allowedTenants' | 'bot'>): Emitter {
  const tenantId = allowedTenants[0] ?? '';
  return { version, tenantId, source: `urn:usher:${bot.appId || tenantId}` };
}

/** Resolves once the positions are there; each stream then works by itself. */
export async function startStreams(parts: StreamsParts): Promise<Streams> {
  const sinks = await sinksOf(parts);
  const workers = sinks.map(({ name, sink }) => startStream(parts, name, sink));
  parts.bus.subscribe('sealed', () => {
    for (const worker of workers) worker.wake();
  });
  return {
    async settled() {
      await Promise.all(workers.map((worker) => worker.settled()));
    },
    async stop() {
      await Promise.all(workers.map((worker) => worker.stop()));
      await Promise.all(sinks.map(({ sink }) => sink.close()));
    },
  };
}

async function sinksOf({ config, clock }: StreamsParts): Promise<readonly { name: StreamName; sink: Sink }[]> {
  const emitter = emitterOf(config);
  const { auditStream, events } = config;
  const toLine = (entry: Parameters<typeof toOcsf>[0]) => JSON.stringify(toOcsf(entry, emitter));
  const sinks: { name: StreamName; sink: Sink }[] = [];
  if (auditStream !== null) {
    const sink = auditStream.kind === 'file' ? fileSink(auditStream.path, toLine) : outputSink(standardOutput, toLine);
    sinks.push({ name: 'audit', sink });
  }
  // What it needs takes memory, and most have no receiver.
  if (events !== null) {
    const { createReceiver } = await import('./receiver.ts');
    sinks.push({ name: 'events', sink: createReceiver({ config: events, emitter, clock }) });
  }
  return sinks;
}

const standardOutput = 1;

function startStream(parts: StreamsParts, name: StreamName, sink: Sink): Worker {
  const { database, clock, log, observe, leaseMs = defaultLeaseMs } = parts;
  const owner = randomUUID();
  const isSteady = createSteadiness(clock, leaseMs);
  let isResumed = false;
  let isFailing = false;

  async function work(stopping: AbortSignal): Promise<number | null> {
    // Not at the start, which a database that is away for a moment must not end.
    if (!isResumed) await resumeStream(database.query, name);
    isResumed = true;
    const lease = { owner, until: clock.now() + leaseMs };
    const due = await claimStream(parts, name, lease, isSteady());
    if (due.kind === 'later') return due.inMs;
    const { claimed } = due;
    const renew = (until: number) => renewStream(parts, claimed, until);
    try {
      const details = { stream: name };
      const found = await underLease({ leaseMs, renew, clock, log, details }, () => sendAll(claimed, stopping));
      // Another process may have sealed an entry meanwhile, and not have got the lease.
      return found ? 0 : null;
    } finally {
      await releaseStream(parts, claimed);
    }
  }

  /** False where there was nothing to send after all: an entry was removed from under its seal. */
  async function sendAll(claimed: ClaimedStream, stopping: AbortSignal): Promise<boolean> {
    let found = false;
    for (let present: ClaimedStream | null = claimed; present !== null && !stopping.aborted; found = true) {
      const entries = await readSealed(database.query, present.position, sink.atOnce);
      if (entries.length === 0) return found;
      const sent = await sink.send(entries, stopping);
      const arrived = sent.kind === 'arrived' ? entries.length : sent.kind === 'failed' ? sent.arrived : 0;
      const last = entries[arrived - 1];
      if (last !== undefined) {
        observe({ stream: name, result: 'sent', count: arrived });
        present = await noteArrived(parts, present, last.seq);
      }
      if (sent.kind === 'arrived') {
        if (isFailing) log.info({ code: 'stream_mended', stream: name }, 'a stream of the record is sent again');
        isFailing = false;
        continue;
      }
      // What a stop cut off is no failure of the receiver.
      if (present === null || stopping.aborted) return true;
      if (sent.kind === 'off') {
        log.error({ code: 'stream_off', stream: name }, 'the receiver wants no more events; a start sends them again');
        await switchOff(parts, present);
        return true;
      }
      await fail(present, sent, entries[arrived]?.at ?? clock.now());
      return true;
    }
    return found;
  }

  async function fail(
    claimed: ClaimedStream,
    sent: Extract<Sent, { kind: 'failed' }>,
    oldestAt: number,
  ): Promise<void> {
    const now = clock.now();
    const failingSince = claimed.failingSince ?? now;
    const isTooOld = name === 'events' && now - failingSince >= mostAgeMs;
    const dueAt = now + pauseAfter(name, claimed.failures, Math.max(oldestAt, failingSince) + mostAgeMs - now, sent);
    isFailing = true;
    observe({ stream: name, result: 'failed', count: 1 });
    const { why } = sent;
    log.warn({ code: 'stream_failed', stream: name, why, failures: claimed.failures + 1, dueAt }, 'a stream failed');
    const giveUpBefore = isTooOld ? now - mostAgeMs : null;
    const given = await noteFailed(parts, claimed, { failingSince, dueAt, giveUpBefore });
    if (given === null) return;
    observe({ stream: name, result: 'givenUp', count: given.count });
    log.error({ code: 'events_given_up', stream: name, ...given }, 'events were given up; the record has them');
  }

  return startWorker({
    name: `${name} stream`,
    failed: { code: 'streams_failed', message: 'could not send the record on' },
    work,
    clock,
    log,
    maxIdleMs: idleMs,
    giveWay: parts.giveWay,
  });
}

/**
 * How long until the next attempt: by the schedule, with a tenth of jitter so that receivers that went away together
 * are not called together; at the end of the oldest event's time where that comes first; not before the receiver wants.
 */
function pauseAfter(
  name: StreamName,
  failures: number,
  oldestEndsInMs: number,
  { retryAfterMs }: { readonly retryAfterMs: number | null },
): number {
  const planned = pauses[name][Math.min(failures, pauses[name].length - 1)] ?? minute;
  const jittered = planned * (0.95 + Math.random() / 10);
  const soonest = name === 'events' && planned > leastPauseMs ? Math.max(oldestEndsInMs, leastPauseMs) : jittered;
  return Math.round(Math.max(Math.min(jittered, soonest), Math.min(retryAfterMs ?? 0, longestAskedMs)));
}
