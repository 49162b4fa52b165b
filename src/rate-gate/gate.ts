import { chooseLane, type Lane, laneNumbers, rememberLane } from './lanes.ts';

/**
 * At most `limit` starts in any window, counted as the server counts: over every window that slides, not over windows
 * that begin on the full ten seconds.
 *
 * The whole state is the last `limit` grant times, as far as they count, and `blockedUntil`. A start may be granted at
 *
 *     max(now, grants[oldest of the last `limit`] + window + guard, blockedUntil)
 *
 * which no schedule can beat: the (n+limit)th start is never legal before the nth plus the window. The guard is for the
 * way to the server: two calls that leave exactly a window apart may arrive a little closer, and half of the time they
 * do. It covers the network alone: a start that leaves this process late is noted as such (`startedLate`). Every HTTP
 * attempt takes a grant, retries included, because the server counts those too. A 429 closes the gate for all tasks.
 *
 * This file is arithmetic alone; `gate-row.ts` keeps the state in the database. All times are milliseconds on the
 * gate's clock.
 */
export interface GateState {
  /** The latest grants, oldest first, at most `limit` of them, none much older than a window. */
  readonly grants: readonly number[];
  readonly blockedUntil: number;
  /** When a long block was noted. Without it, a block that is long from now on is a clock's mistake. */
  readonly blockedFrom?: number;
}

export interface GateLimits {
  /** Starts in any window. Graph documents 5 per 10 seconds for provisionOnDemand. */
  readonly limit: number;
  readonly windowMs: number;
  readonly guardMs: number;
}

export const openGate: GateState = { grants: [], blockedUntil: 0 };

/** The earliest time, `now` or later, at which the next start is allowed. */
export function earliestGrant(state: GateState, limits: GateLimits, now: number): number {
  const oldest = state.grants.length >= limits.limit ? state.grants.at(-limits.limit) : undefined;
  const slotFree = oldest === undefined ? now : oldest + limits.windowMs + limits.guardMs;
  return Math.max(now, slotFree, state.blockedUntil);
}

/** How many starts are allowed at this moment. */
export function slotsLeft(state: GateState, limits: GateLimits, now: number): number {
  if (state.blockedUntil > now) return 0;
  const spent = state.grants.filter((grant) => grant + limits.windowMs + limits.guardMs > now).length;
  return Math.max(0, limits.limit - spent);
}

/**
 * The state after a start at `at`. What no longer counts is left out, as each claim reads and writes the whole state; it
 * stays for twice as long as it counts, in case it turns out to have left late.
 */
export function grantAt(state: GateState, limits: GateLimits, at: number): GateState {
  const keptSince = at - 2 * (limits.windowMs + limits.guardMs);
  const latest = [...state.grants, at].slice(-limits.limit);
  const grants = latest.slice(latest.findIndex((grant) => grant > keptSince));
  // A block that is over stays in the state; it changes nothing.
  return { grants, blockedUntil: state.blockedUntil };
}

/**
 * The state when it turns out that the start granted at `granted` happened `lateMs` later: token, connection or a busy
 * process took their time. A late start harms no start before it, but the start a window after it must count from
 * there.
 */
export function startedLate(state: GateState, granted: number, lateMs: number): GateState {
  const index = state.grants.indexOf(granted);
  if (index === -1) return state;
  const grants = state.grants.with(index, granted + lateMs).toSorted((one, other) => one - other);
  return { ...state, grants };
}

/**
 * The state after the server said "too many": closed for as long as it asks, at least a whole window and at most a day.
 * If it asks for more than a day, the task ends, and its requester is told.
 */
export function blockFor(state: GateState, limits: GateLimits, now: number, retryAfterMs: number | null): GateState {
  const pause = Math.max(Math.min(retryAfterMs ?? 0, longestBlockMs), limits.windowMs + limits.guardMs);
  const isLong = pause > longestUnexplainedMs;
  const isBlocked = state.blockedFrom !== undefined && state.blockedUntil > now;
  const stillBlocked = isBlocked ? { blockedFrom: state.blockedFrom } : {};
  return {
    grants: state.grants,
    blockedUntil: Math.max(state.blockedUntil, now + pause),
    ...(isLong ? { blockedFrom: now } : stillBlocked),
  };
}

/** A start that waits for the gate. */
export interface Waiting {
  /** It is not due before this time. */
  readonly dueAt: number;
  readonly lane: Lane;
}

/** `index` is the position in the given row. */
export interface ForecastStart {
  readonly index: number;
  readonly startsAt: number;
}

/**
 * When each of a row of waiting starts will be granted if no other start comes in between, first start first: the same
 * arithmetic run ahead, and the same choice between the lanes. Each lane keeps the order of the row, and a start that
 * is not due yet lets the next one pass, as a claim does.
 *
 * @param lanes those of the latest grants, oldest first
 */
export function forecastGrants(
  state: GateState,
  limits: GateLimits,
  now: number,
  row: readonly Waiting[],
  lanes: readonly number[] = [],
): ForecastStart[] {
  const inLane = (lane: Lane) =>
    row.flatMap((waiting, index) => (waiting.lane === lane ? [{ dueAt: waiting.dueAt, index }] : []));
  const left = { interactive: inLane('interactive'), bulk: inLane('bulk') };
  const starts: ForecastStart[] = [];
  const grants = [...state.grants];
  const ahead = { ...state, grants };
  let [granted, time] = [lanes, now];
  while (starts.length < row.length) {
    time = earliestGrant(ahead, limits, time);
    const isDue = ({ dueAt }: { readonly dueAt: number }) => dueAt <= time;
    const next = { interactive: left.interactive.findIndex(isDue), bulk: left.bulk.findIndex(isDue) };
    const lane = chooseLane(granted, { interactive: next.interactive !== -1, bulk: next.bulk !== -1 });
    if (lane === null) {
      time = [...left.interactive, ...left.bulk].reduce((least, { dueAt }) => Math.min(least, dueAt), Infinity);
      continue;
    }
    for (const { index } of left[lane].splice(next[lane], 1)) starts.push({ index, startsAt: time });
    grants.push(time);
    granted = rememberLane(granted, laneNumbers[lane]);
  }
  return starts;
}

/**
 * Brings a stored state onto this clock. A grant in the future can only come of a clock that was set back; it counts as
 * made just now, so the limit holds and the gate does not stay closed until the old time comes again. The settled state
 * has to be stored: if each read settled it again, those grants would stay "just now" forever.
 *
 * @returns the same object when there was nothing to settle
 */
export function settleClock(state: GateState, limits: GateLimits, now: number): GateState {
  // A block that was noted in the future comes of a clock that was set back.
  const isExplained = state.blockedFrom !== undefined && state.blockedFrom <= now;
  const longestMs = isExplained ? longestBlockMs : longestUnexplainedMs;
  const longestBlock = now + Math.max(longestMs, limits.windowMs + limits.guardMs);
  if (state.blockedUntil <= longestBlock && state.grants.every((grant) => grant <= now)) return state;
  return {
    ...state,
    grants: state.grants.map((grant) => Math.min(grant, now)),
    blockedUntil: Math.min(state.blockedUntil, longestBlock),
  };
}

/**
 * Longer than the pauses that Graph usually asks for; a longer stored block is a clock's mistake unless `blockedFrom`
 * explains it.
 */
const longestUnexplainedMs = 10 * 60_000;
/** The longest that the gate stays closed because Graph asks for it. */
export const longestBlockMs = 24 * 60 * 60_000;
