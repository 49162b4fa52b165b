import { types } from 'node:util';
import type { PostgresPool } from 'kysely';
import pg from 'pg';
import { markingAway } from './away.ts';

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
      const client = await markingAway(isAway, () => pool.connect());
      let broken: unknown = null;
      async function ask(text: string, values: readonly unknown[]) {
        // The rollback after a broken statement would only wait for its answer as well.
        if (broken !== null) throw broken;
        try {
          return await markingAway(isAway, () => client.query(text, [...values]));
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
function isAway(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError)) return types.isNativeError(error) && !isMistake(error);
  return awayStates.has(error.code ?? '') || (error.code ?? '').startsWith('08');
}

const awayStates: ReadonlySet<string> = new Set([
  '25006', // a standby that only reads, in the middle of a failover
  '25P03', // the transaction stood still for too long
  '53300', // too many connections
  '55P03', // a lock was not to be had
  '57014', // the statement took too long
  '57P01', // shutting down
  '57P02', // crashed
  '57P03', // starting up
  '57P05', // the session stood still for too long
]);

/** What no waiting will mend: TLS that does not fit, a pool that was closed, a wrong use of the driver. */
function isMistake(error: Error): boolean {
  const code = 'code' in error ? String(error.code) : '';
  return (
    error.name === 'TypeError' ||
    /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED)/.test(code) ||
    /after calling end on the pool|does not support SSL|SASL|certificate/i.test(error.message)
  );
}

/** Every bigint in the schema is a time or a count far below 2^53, so it may be a number, as in SQLite. */
function numberParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
  if (oid === pg.types.builtins.INT8) return Number;
  return format === 'binary' ? pg.types.getTypeParser(oid, 'binary') : pg.types.getTypeParser(oid, 'text');
}
