import { parentPort, workerData } from 'node:worker_threads';
import { request } from 'undici';
import type { LibraryOrder } from './contenders.ts';
import { createLimiter, type LibraryOptions } from './libraries.ts';

/**
 * What runs inside a library's thread, one for each, so that no library blocks another: the thread makes the limiter on
 * command, hands it the work and reports when all of it has ended.
 */
const options = workerData as LibraryOptions;
const warmConnections = 5;

// Connections are there before anything is counted, as they are in a service that has been running.
const warm = async () => (await request(`${options.url}/users?$top=1`)).body.dump();
await Promise.all(Array.from({ length: warmConnections }, warm));

let limiter = await createLimiter(options);
parentPort?.on('message', (order: LibraryOrder) => {
  switch (order.kind) {
    case 'renew':
      void renew();
      break;
    case 'provision':
      void provision(order.subjects, order.isSingle);
      break;
    default: {
      const never: never = order;
      throw new Error(`unexpected order ${String(never)}`);
    }
  }
});
parentPort?.postMessage('ready');

async function provision(subjects: readonly string[], isSingle: boolean): Promise<void> {
  const using = limiter;
  await Promise.allSettled(subjects.map((subject) => using.provision(subject, isSingle)));
  parentPort?.postMessage('ended');
}

/** Some limiters count from when they were made. */
async function renew(): Promise<void> {
  await limiter.close();
  limiter = await createLimiter(options);
  parentPort?.postMessage('ready');
}
