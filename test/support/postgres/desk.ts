import { createServer } from 'node:http';
import { type PostgresServer, startPostgres } from './server.ts';

/**
 * One PostgreSQL for the whole run, started when the first suite asks for it: a run that needs none pays nothing, and
 * the SQLite suites go on meanwhile. Suites run in processes of their own, so they ask over loopback HTTP; where,
 * stands in the environment that they inherit.
 */
export interface Desk {
  readonly address: string;
  close(): Promise<void>;
}

export const deskVariable = 'USHER_TEST_POSTGRES_DESK';

export async function openDesk(): Promise<Desk> {
  let starting: Promise<PostgresServer> | undefined;
  const desk = createServer((_request, response) => {
    starting ??= start();
    starting.then(
      (postgres) => response.end(postgres.url('postgres')),
      (error: unknown) => {
        response.writeHead(500);
        response.end(describe(error));
      },
    );
  });
  await new Promise<void>((resolve) => desk.listen(0, '127.0.0.1', resolve));
  desk.unref();
  const bound = desk.address();
  if (typeof bound !== 'object' || bound === null) throw new Error('the desk for PostgreSQL has no address');
  return {
    address: `http://127.0.0.1:${bound.port}`,
    async close() {
      desk.close();
      desk.closeAllConnections();
      // A server that never started has told each suite why.
      const postgres = await starting?.catch(() => undefined);
      await postgres?.stop();
    },
  };
}

/** Loads the database code only in a run that needs it. */
async function start(): Promise<PostgresServer> {
  const server = await startPostgres();
  const { createTemplate } = await import('./template.ts');
  await createTemplate(server);
  return server;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${describe(error.cause)}`;
}
