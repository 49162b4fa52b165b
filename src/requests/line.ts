import type { GateFault } from '../rate-gate/fault.ts';
import { slotsLeft } from '../rate-gate/gate.ts';
import { readGate } from '../rate-gate/gate-row.ts';
import { forecastQueue } from './queue.ts';
import type { Request, Subject } from './request.ts';
import { appsIn } from './rows.ts';
import type { StoreParts } from './store.ts';

/** The running and waiting requests, in the order in which they start, and the state of the gate. */
export interface Line {
  readonly gate: {
    readonly slotsLeft: number;
    /** Milliseconds since 1970; null when nothing blocks it. */
    readonly blockedUntil: number | null;
    readonly limit: number;
    readonly windowMs: number;
    /** What blocks every call. */
    readonly fault?: Pick<GateFault, 'cause' | 'code' | 'since'>;
  };
  readonly items: readonly LineItem[];
  /** How many requests run or wait in all. */
  readonly total: number;
}

export interface LineItem extends Pick<Request, 'requestedBy' | 'apps'> {
  readonly requestId: string;
  /** Null for several. */
  readonly subject: Pick<Subject, 'id' | 'name' | 'label'> | null;
  /** Of its calls that run or wait: how many they are, and of how many people. */
  readonly calls: number;
  readonly people: number;
  readonly state: 'running' | 'waiting';
  /** 1 is next; null for a running request, or when the position is unknown. */
  readonly position: number | null;
  /** When it starts, or when it started; milliseconds since 1970. */
  readonly startsAt: number | null;
}

/** Longer queues are counted and not read. */
export const mostRead = 500;

/** The queue at this moment, its first `most` requests. */
export async function readLineNow(parts: StoreParts, most: number): Promise<Line> {
  const { database, clock, gate } = parts;
  const { state, health, now } = await database.transact((transaction) => readGate(parts, transaction));
  const { limits } = gate;
  const forecast = await forecastQueue(parts);
  const rows = await database.query
    .selectFrom('tasks')
    .innerJoin('requests', 'requests.id', 'tasks.request_id')
    .select(['tasks.id', 'tasks.request_id', 'tasks.state', 'tasks.started_at', 'tasks.position'])
    .select(['tasks.subject_id', 'tasks.subject_name', 'tasks.subject_label'])
    .select(['requests.requested_by_id', 'requests.requested_by_name'])
    .select(['requests.app_id', 'requests.app_name', 'requests.apps', 'requests.created_at'])
    .where('tasks.state', 'in', ['running', 'waiting'])
    .orderBy('tasks.state')
    .orderBy('tasks.lane')
    .orderBy('tasks.turn')
    .limit(mostRead)
    .execute();
  const byRequest = Map.groupBy(rows, (row) => row.request_id);
  const items = [...byRequest].flatMap(([requestId, tasks]): LineItem[] => {
    const [first] = tasks;
    if (first === undefined) return [];
    const people = new Set(tasks.map(({ subject_id }) => subject_id)).size;
    const running = tasks.find((task) => task.state === 'running');
    const forecasts = tasks.flatMap(({ id }) => forecast.get(id) ?? []);
    const next = forecasts.toSorted((one, other) => one.position - other.position)[0];
    return [
      {
        requestId,
        requestedBy: { id: first.requested_by_id, name: first.requested_by_name },
        apps: appsIn(first),
        subject: people === 1 ? { id: first.subject_id, name: first.subject_name, label: first.subject_label } : null,
        calls: tasks.length,
        people,
        state: running === undefined ? 'waiting' : 'running',
        position: running === undefined ? (next?.position ?? null) : null,
        startsAt: running === undefined ? (next?.startsAt ?? null) : running.started_at,
      },
    ];
  });
  const blockedForMs = state.blockedUntil - now;
  return {
    gate: {
      slotsLeft: slotsLeft(state, limits, now),
      // The gate has a clock of its own; people read the wall clock.
      blockedUntil: blockedForMs > 0 ? clock.now() + blockedForMs : null,
      limit: limits.limit,
      windowMs: limits.windowMs,
      ...(health.fault === null ? {} : { fault: health.fault }),
    },
    items: items.toSorted((one, other) => (one.startsAt ?? Infinity) - (other.startsAt ?? Infinity)).slice(0, most),
    total: items.length,
  };
}
