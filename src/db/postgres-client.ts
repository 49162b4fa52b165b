import { types } from 'node:util';
import type { PostgresPool } from 'kysely';
import pg from 'pg';
import { type DatabaseFault, markingFaults } from './away.ts';

/** Where PostgreSQL is, and how to reach it. */
export type PostgresAddress = Pick<pg.ClientConfig, 'connectionString' | 'ssl'>;

/** How long anything may take, in milliseconds. */
export interface TimeLimits {
  /** For one statement, by the server's clock; null for as long as it takes. */
  readonly statementMs: number | null;
  /** For its answer: a server that is paused, or a network that swallows everything, says nothing at all. */
  readonly answerMs: number | null;
}

const connectMs = 5_000;
/**
 * A process that stands still in the middle of a claim would otherwise hold the gate's row against all others. Half of
 * a statement's time, so that those who wait for the row get it, and not an error.
 */
const idleInTransactionMs = 5_000;

export function clientConfig(address: PostgresAddress, limits: TimeLimits): pg.ClientConfig {
  const { statementMs, answerMs } = limits;
  return {
    ...address,
    application_name: 'usher',
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: connectMs,
    ...(statementMs === null ? {} : { statement_timeout: statementMs }),
    ...(answerMs === null ? {} : { query_timeout: answerMs }),
    idle_in_transaction_session_timeout: idleInTransactionMs,
    types: { getTypeParser: numberParser },
  };
}

/**
 * A pool of at most `size` connections, opened as they are needed. A connection that broke, or did not answer in time,
 * is thrown away, and the next one who asks gets a new one: that is all the reconnecting there is, so whoever meets a
 * database that is away pauses and asks again.
 */
export function createPool(address: PostgresAddress, limits: TimeLimits, size: number): PostgresPool {
  const pool = new pg.Pool({ ...clientConfig(address, limits), max: size });
  // A server that restarts breaks connections nobody is waiting on. Unheard, that error would end the process; the
  // next query on such a connection fails and says so, and the pool opens a new one.
  const unheard = () => undefined;
  pool.on('error', unheard);
  pool.on('connect', (client) => client.on('error', unheard));
  return {
    options: pool.options,
    async connect() {
      const client = await markingFaults(faultOf, () => pool.connect());
      let broken: unknown = null;
      async function ask(text: string, values: readonly unknown[]) {
        // The rollback after a broken statement would only wait for its answer as well.
        if (broken !== null) throw broken;
        try {
          return await markingFaults(faultOf, () => client.query(text, [...values]));
        } catch (error) {
          if (!isAnswer(error)) broken = error;
          throw error;
        }
      }
      // Of the two forms that Kysely knows, Usher uses no cursors.
      return { query: ask as never, release: (discard) => client.release(discard === true || broken !== null) };
    },
    end: () => pool.end(),
  };
}

/** Whether the server said so itself and listens on. */
function isAnswer(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.severity !== 'FATAL' && error.severity !== 'PANIC';
}

/**
 * Every error that the server did not send is one of the connection, or of the time that an answer took. Of those that
 * it did send: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
function faultOf(error: unknown): DatabaseFault | null {
  if (!(error instanceof pg.DatabaseError)) return types.isNativeError(error) ? faultOfDriver(error) : null;
  const state = error.code ?? '';
  if (refusingStates.test(state)) return 'refusing';
  return awayStates.test(state) ? 'away' : null;
}

/**
 * 08 connection, 53 no room or memory or connection left, 57 shutting down, starting or out of time; 25006 a server that
 * only reads (a standby in the middle of a failover, a full disk at some providers), 25P03 a transaction that stood
 * still, 55P03 a lock that was not to be had, 58 the server's own disk.
 */
const awayStates = /^(?:08|53|57|58)|^(?:25006|25P03|55P03)$/;
/** 28 who may come in, 3D and 3F no such database or schema, 42501 no right, 57P04 dropped, XX001 and 2 damaged. */
const refusingStates = /^(?:28|3D|3F)|^(?:42501|57P04|XX001|XX002)$/;

/** Null for a wrong use of the driver; TLS and logins that do not fit are not mended by waiting. */
function faultOfDriver(error: Error): DatabaseFault | null {
  const code = 'code' in error ? String(error.code) : '';
  if (error.name === 'TypeError' || /after calling end on the pool/.test(error.message)) return null;
  const isRefusing =
    /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED)/.test(code) ||
    /does not support SSL|SASL|certificate/i.test(error.message);
  return isRefusing ? 'refusing' : 'away';
}

/** Every bigint in the schema is a time or a count far below 2^53, so it may be a number, as in SQLite. */
function numberParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
  if (oid === pg.types.builtins.INT8) return Number;
  return format === 'binary' ? pg.types.getTypeParser(oid, 'binary') : pg.types.getTypeParser(oid, 'text');
}
