import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type Dialect as KyselyDialect,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { createPatience, isReading, openSqlite, type SqliteFile } from './sqlite-file.ts';

/**
 * SQLite by Node's own driver, which is synchronous: a wait inside of it blocks the whole process, `/healthz` included.
 * So SQLite waits for no lock here. A statement that finds the file locked by another program is retried shortly after,
 * and the event loop is free meanwhile.
 */
export function sqliteKysely(path: string, how: 'writing' | 'reading' = 'writing'): KyselyDialect {
  return sqliteBy(() => createDriver(path, how));
}

/** SQLite as Kysely speaks it, by a driver of ours. */
export function sqliteBy(createDriver: () => Driver): KyselyDialect {
  return {
    createDriver,
    // A migration is one transaction, as it can be in SQLite: one that fails leaves nothing behind.
    createAdapter: () => Object.defineProperty(new SqliteAdapter(), 'supportsTransactionalDdl', { value: true }),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

export function connectionBy(executeQuery: DatabaseConnection['executeQuery']): DatabaseConnection {
  return {
    executeQuery,
    streamQuery: () => {
      throw new Error('SQLite is not read by streams here');
    },
  };
}

/** One connection, which Kysely gives to one query at a time. */
function createDriver(path: string, how: 'writing' | 'reading'): Driver {
  const patiently = createPatience();
  let file: SqliteFile | null = null;

  async function executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    return patiently(!isReading(sql), () => opened().run<R>(sql, parameters));
  }
  const connection = connectionBy(executeQuery);
  const run = async (text: string) => void (await executeQuery(CompiledQuery.raw(text)));

  function opened(): SqliteFile {
    if (file === null) throw new Error('the SQLite file is not open');
    return file;
  }

  return {
    async init() {
      file = openSqlite(path, how);
    },
    acquireConnection: async () => connection,
    // A writer from the start: a transaction that reads first and then finds the file locked would have to start again.
    beginTransaction: () => run('begin immediate'),
    commitTransaction: () => run('commit'),
    async rollbackTransaction() {
      // A full disk, for example, has rolled it back already; rolling back again would hide the cause.
      if (opened().isInTransaction()) await run('rollback');
    },
    releaseConnection: async () => undefined,
    async destroy() {
      file?.close();
    },
  };
}
