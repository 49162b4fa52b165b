import { types } from 'node:util';
import type { PostgresPool } from 'kysely';
import pg from 'pg';
import { type DatabaseFault, markingFaults } from './away.ts';

/** Where PostgreSQL is, how to reach it, and by which name the server knows the connection. */
export type PostgresAddress = Pick<pg.ClientConfig, 'connectionString' | 'ssl' | 'application_name'>;

/** Time limits, in milliseconds. */
export interface TimeLimits {
  /** For one statement, by the server's clock; null for no limit. */
  readonly statementMs: number | null;
  /** For its answer: a paused server, or a network that drops everything, never answers. */
  readonly answerMs: number | null;
}

const connectMs = 5_000;
/**
 * A process that hangs in the middle of a claim would otherwise hold the gate's row against all others. Half of a
 * statement's limit, so that the processes waiting for the row get it, and not an error.
 */
const idleInTransactionMs = 5_000;

export function clientConfig(address: PostgresAddress, limits: TimeLimits): pg.ClientConfig {
  const { statementMs, answerMs } = limits;
  return {
    ...address,
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
 * is thrown away, and the next query gets a new one. There is no other reconnecting, so a caller who finds the database
 * away pauses and asks again.
 */
export function createPool(address: PostgresAddress, limits: TimeLimits, size: number): PostgresPool {
  const pool = new pg.Pool({ ...clientConfig(address, limits), max: size });
  // A restarting server breaks idle connections. Unhandled, that error would end the process; the next query on such a
  // connection fails and says so, and the pool opens a new one.
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
      // Usher uses no cursors, the other of the two forms that Kysely knows.
      return { query: ask as never, release: (discard) => client.release(discard === true || broken !== null) };
    },
    end: () => pool.end(),
  };
}

/** Whether the server sent the error and the connection still works. */
function isAnswer(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.severity !== 'FATAL' && error.severity !== 'PANIC';
}

/**
 * Every error that the server did not send is a broken connection or a timeout. For those that it did send:
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
function faultOf(error: unknown): DatabaseFault | null {
  if (!(error instanceof pg.DatabaseError)) return types.isNativeError(error) ? faultOfDriver(error) : null;
  const state = error.code ?? '';
  if (refusingStates.test(state)) return 'refusing';
  return awayStates.test(state) ? 'away' : null;
}

/**
 * 08 connection; 53 out of disk, memory or connections; 57 shutting down, starting or timed out; 25006 a read-only
 * server (a standby during a failover, a full disk at some providers); 25P03 an idle transaction that timed out; 55P03
 * a lock that was not available; 58 the server's own disk.
 */
const awayStates = /^(?:08|53|57|58)|^(?:25006|25P03|55P03)$/;
/** 28 authorization, 3D and 3F no such database or schema, 42501 no right, 57P04 dropped, XX001 and XX002 damaged. */
const refusingStates = /^(?:28|3D|3F)|^(?:42501|57P04|XX001|XX002)$/;

/** Null for a misuse of the driver. Waiting does not fix TLS errors or wrong logins. */
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
