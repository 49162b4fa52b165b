import { DateTime } from 'luxon';
import { assertNever } from '../assert-never.ts';
import type { Clock } from '../clock.ts';
import { withinMs } from '../time-limit.ts';
import { type Fetched, fetched, type GraphAnswer, type GraphTrouble, mapped } from './answer.ts';
import { type Cache, createCache } from './cache.ts';
import type { GraphCall, GraphClient } from './client.ts';
import { filterText, pageSchema, readable } from './odata.ts';
import { type LogEntry, logEntrySchema } from './provisioning-log-entry.ts';
import { createCallLimit } from './provisioning-log-limit.ts';
import { checked } from './read.ts';

/**
 * The log that Microsoft's provisioning service writes, in its cycles and on demand. It lags by some minutes and
 * reaches back 30 days, or 7 without a license for more.
 * https://learn.microsoft.com/graph/api/provisioningobjectsummary-list
 */
export interface ProvisioningLog {
  /**
   * The newest entries first. It answers within `limitMs` milliseconds, whatever Graph does; a later answer is cached
   * for the next caller.
   */
  read(query: LogQuery, limitMs: number): Promise<LogRead>;
  /** What a job failed to do after one moment, up to and including another, newest first; milliseconds since 1970. */
  readFailures(jobId: string, after: number, until: number): Promise<LogRead>;
  /** The deletions that a job held back in that time. */
  readHeldBack(jobId: string, after: number, until: number): Promise<LogRead>;
}

export interface LogQuery {
  /** The person's Entra object id. */
  readonly personId: string;
  /** Entra's side of the job: the source for an app; the target where people come from Active Directory or HR. */
  readonly entraIs: 'source' | 'target';
  /** Null for all jobs at once, which is one call instead of many. */
  readonly jobId: string | null;
}

export type LogRead =
  /** `complete`: there are no older entries than these. */
  | { readonly kind: 'read'; readonly entries: readonly LogEntry[]; readonly complete: boolean }
  /** Retrying does not help before an administrator changes something. */
  | { readonly kind: 'notAvailable'; readonly why: 'cloud' | 'licence' | 'permission' }
  | { readonly kind: 'unread'; readonly why: UnreadLog };

/**
 * `busy`: Usher has used up its calls. `throttled`: Graph answered 429. `refused`: another refusal by Graph. `away`: no
 * connection, no token, or a fault of Graph's own.
 */
export type UnreadLog = 'busy' | 'throttled' | 'tooSlow' | 'refused' | 'away' | 'unreadable';

export interface ProvisioningLogParts {
  readonly graph: GraphClient;
  readonly clock: Clock;
  /** From the table of clouds: China has no such log. */
  readonly hasProvisioningLog: boolean;
}

const keepMs = 15_000;
const mostOfOneJob = 25;
const mostOfAllJobs = 50;
/** The log has no filter for failures, so the other entries of the time are read as well. */
const mostOnPage = 200;
const mostPages = 5;

export function createProvisioningLog({ graph, clock, hasProvisioningLog }: ProvisioningLogParts): ProvisioningLog {
  const kept: Cache<LogRead> = createCache(clock, keepMs);
  const limit = createCallLimit(clock);

  /** Sent once: Graph counts retries too. Null when the limit leaves no room for it. */
  async function send(call: GraphCall): Promise<GraphAnswer | null> {
    if (!(await limit.enter())) return null;
    const answer = await graph.send(call);
    if (answer.kind === 'refused' && answer.status === 429) limit.close(answer.retryAfterMs ?? 0);
    return answer;
  }

  async function load(key: string, query: LogQuery): Promise<Fetched<LogRead>> {
    let answer = await send(callFor(query, true));
    // Sorting is documented, but reported to be unreliable, so a refused sort is retried without it.
    if (answer?.kind === 'refused' && answer.status === 400) answer = await send(callFor(query, false));
    if (answer !== null) return understand(answer);
    kept.forget(key);
    return fetched({ kind: 'unread', why: 'busy' });
  }

  /** The entries of a job in this time that are to be kept, of as many pages as may be read. */
  async function readTime(
    jobId: string,
    after: number,
    until: number,
    isKept: (entry: LogEntry) => boolean,
  ): Promise<LogRead> {
    if (!hasProvisioningLog) return { kind: 'notAvailable', why: 'cloud' };
    const isMeant = (entry: LogEntry) => isKept(entry) && entry.at !== null && entry.at > after && entry.at <= until;
    const found: LogEntry[] = [];
    let call: GraphCall = callForTime(jobId, after, until);
    for (let page = 1; ; page += 1) {
      const answer = await send(call);
      if (answer === null) return { kind: 'unread', why: 'busy' };
      const read = understand(answer);
      if (!read.ok) return { kind: 'unread', why: whyUnread(read.trouble) };
      if (read.value.kind !== 'read') return read.value;
      found.push(...read.value.entries.filter(isMeant));
      const next = nextOf(answer);
      if (next === null || page === mostPages)
        return { kind: 'read', entries: found.toSorted(newestFirst), complete: next === null };
      call = { ...call, path: next };
    }
  }

  return {
    async read(query, limitMs) {
      if (!hasProvisioningLog) return { kind: 'notAvailable', why: 'cloud' };
      const key = [query.entraIs, query.personId, query.jobId ?? ''].join(' ');
      const read = await withinMs(
        kept.get(key, () => load(key, query)),
        limitMs,
        clock,
      );
      if (read.ok) return read.value;
      return { kind: 'unread', why: 'kind' in read ? read.kind : whyUnread(read.trouble) };
    },
    readFailures: (jobId, after, until) => readTime(jobId, after, until, ({ status }) => status.kind === 'failure'),
    readHeldBack: (jobId, after, until) =>
      readTime(jobId, after, until, ({ action }) => action.kind === 'stagedDelete'),
  };
}

function callFor({ personId, entraIs, jobId }: LogQuery, sorted: boolean): GraphCall {
  const person = `${entraIs}Identity/id eq ${filterText(personId)}`;
  return {
    path: '/auditLogs/provisioning',
    prefer: ['include-unknown-enum-members'],
    query: {
      $filter: jobId === null ? person : `jobId eq ${filterText(jobId)} and ${person}`,
      ...(sorted ? { $orderby: 'activityDateTime desc' } : {}),
      $top: String(jobId === null ? mostOfAllJobs : mostOfOneJob),
    },
  };
}

/** The service's times are finer than milliseconds, and it compares them by "greater" and "less" alone. */
function callForTime(jobId: string, after: number, until: number): GraphCall {
  const time = `activityDateTime gt ${isoTime(after)} and activityDateTime lt ${isoTime(until + 1)}`;
  return {
    path: '/auditLogs/provisioning',
    prefer: ['include-unknown-enum-members'],
    query: { $filter: `jobId eq ${filterText(jobId)} and ${time}`, $top: String(mostOnPage) },
  };
}

const isoTime = (at: number): string => DateTime.fromMillis(at, { zone: 'utc' }).toISO() ?? '';

const newestFirst = (one: LogEntry, other: LogEntry): number => (other.at ?? 0) - (one.at ?? 0);

function nextOf(answer: GraphAnswer): string | null {
  const page = checked(answer, pageSchema);
  return page.ok ? (page.value['@odata.nextLink'] ?? null) : null;
}

function understand(answer: GraphAnswer): Fetched<LogRead> {
  if (answer.kind === 'refused' && answer.status === 403) {
    const isLicence = answer.code === 'Authentication_RequestFromNonPremiumTenantOrB2CTenant';
    return fetched({ kind: 'notAvailable', why: isLicence ? 'licence' : 'permission' });
  }
  return mapped(checked(answer, pageSchema), ({ value, '@odata.nextLink': next }) => ({
    kind: 'read',
    entries: readable(value, logEntrySchema).toSorted(newestFirst),
    complete: next === undefined,
  }));
}

function whyUnread(trouble: GraphTrouble): UnreadLog {
  switch (trouble.kind) {
    case 'refused':
      if (trouble.status === 429) return 'throttled';
      return trouble.status >= 500 ? 'away' : 'refused';
    case 'noAnswer':
      return trouble.why === 'timeout' ? 'tooSlow' : 'away';
    case 'unreadable':
      return 'unreadable';
    default:
      return assertNever(trouble, 'trouble');
  }
}
