import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { clickActivity, messageActivity, postActivity } from '../../../src/sandbox/teams/activity.ts';
import type { Connector, Delivery } from '../../../src/sandbox/teams/connector.ts';
import { generatedPeople, people, seasonalPeople } from '../../../src/sandbox/tenant/people.ts';
import { startPostgres } from '../../support/postgres/server.ts';
import { shownCards } from '../../support/usher.ts';
import { createStore, type Gate, startUsherProgram } from '../support/bots.ts';
import type { LibraryName, LibraryOptions } from './libraries.ts';

/**
 * A measured system, seen from outside: the bench hands it so many people to provision at once, and now and then a
 * single one between them. Usher is what `npm start` starts, called through `/api/messages`; a library runs in a
 * thread.
 */
export interface Contender {
  readonly name: string;
  start(field: Field): Promise<Started>;
}

/** Where the bench puts a contender to work. */
export interface Field {
  /** The counting server's address. */
  readonly url: string;
  readonly gate: Gate;
  /** A fake Teams, for all contenders that need one. */
  readonly connector: Connector;
  readonly redisUrl: string | null;
}

export interface Started {
  /** All that comes before the bench hands the work over. May be called again when that work has ended. */
  prepare(count: number): Promise<void>;
  /** Hands the work over; resolves when the contender will send no more, which Usher does not tell. */
  provision(): Promise<void>;
  /** One more person, requested alone; returns the object id by which the server knows the call. */
  provisionSingle(index: number): Promise<string>;
  close(): Promise<void>;
}

export type LibraryOrder =
  | { readonly kind: 'renew' }
  | { readonly kind: 'provision'; readonly subjects: readonly string[]; readonly isSingle: boolean };

const libraryNames: Readonly<Record<LibraryName, string>> = {
  'p-queue': 'p-queue, `strict`',
  'p-throttle': 'p-throttle, `strict`',
  bottleneckReservoir: 'bottleneck, reservoir',
  bottleneckMinTime: 'bottleneck, `minTime`',
  bullmqPostgres: 'BullMQ limiter on PostgreSQL',
  bullmqRedis: 'BullMQ limiter on Redis',
  graphClient: 'Graph client, own retry',
};

export const usherOnce: Contender = { name: '**Usher**, 1 replica', start: (field) => startUsher(field, 1) };
export const usherThrice: Contender = { name: '**Usher**, 3 replicas', start: (field) => startUsher(field, 3) };

export function libraryContender(library: LibraryName): Contender {
  return { name: libraryNames[library], start: (field) => startLibrary(field, library) };
}

const cardWithinMs = 60_000;
const season = seasonalPeople(500).map(({ userPrincipalName }) => userPrincipalName);
let chats = 0;

/** One replica on SQLite; several on a PostgreSQL of their own. */
async function startUsher({ url, gate, connector }: Field, replicas: number): Promise<Started> {
  const store = await createStore(replicas === 1 ? 'sqlite' : 'postgres');
  const first = await startUsherProgram(store, url, gate);
  const others = Array.from({ length: replicas - 1 }, () => startUsherProgram(store, url, gate));
  const programs = [first, ...(await Promise.all(others))];
  chats += 1;
  const place = (name: string) => ({ serviceUrl: connector.serviceUrl, conversationId: `${name} ${chats}` });
  const listChat = place('list');
  const alex = { id: people.alex.id, name: people.alex.displayName };
  // Teams reaches one replica now and another then, as a load balancer has it.
  let turn = 0;
  const post = async (activity: unknown): Promise<void> => {
    turn += 1;
    await postActivity(programs[turn % programs.length]?.endpoint ?? first.endpoint, activity);
  };
  let question = { cardId: '', yes: undefined as unknown };
  return {
    async prepare(count) {
      const asked = confirmation(connector, listChat.conversationId, count);
      await post(
        messageActivity(alex, listChat, `provision users to Salesforce\n${season.slice(0, count).join('\n')}`),
      );
      question = await asked;
    },
    async provision() {
      await post(clickActivity(alex, listChat, question.cardId, question.yes));
      await new Promise(() => undefined);
    },
    async provisionSingle(index) {
      const person = generatedPeople[index % generatedPeople.length] ?? people.isaiah;
      void post(messageActivity(alex, place(`single ${index}`), `provision ${person.userPrincipalName} to Salesforce`));
      return person.id;
    },
    async close() {
      await Promise.all(programs.map((program) => program.stop()));
      await store.remove();
    },
  };
}

/** The card that asks whether to provision so many people, and what its button sends. */
function confirmation(connector: Connector, conversationId: string, count: number) {
  return new Promise<{ cardId: string; yes: unknown }>((resolve, reject) => {
    const giveUp = setTimeout(() => reject(new Error('Usher did not ask about the list')), cardWithinMs);
    const stop = connector.listen((delivery: Delivery) => {
      if (delivery.conversationId !== conversationId) return;
      const [card] = shownCards([delivery]);
      const button = card?.buttons.find(({ title }) => title === `Provision ${count} people`);
      if (card === undefined || button === undefined) return;
      stop();
      clearTimeout(giveUp);
      resolve({ cardId: card.id, yes: button.data });
    });
  });
}

async function startLibrary({ url, gate, redisUrl }: Field, library: LibraryName): Promise<Started> {
  const postgres = library === 'bullmqPostgres' ? await startPostgres() : null;
  const storeUrl = postgres?.url('postgres') ?? redisUrl ?? '';
  const { limit, windowMs } = gate;
  const worker = new Worker(new URL('./library-entry.ts', import.meta.url), {
    workerData: { library, url, limit, windowMs, storeUrl } satisfies LibraryOptions,
  });
  await once(worker, 'message');
  const tell = (order: LibraryOrder) => worker.postMessage(order);
  let subjects: readonly string[] = [];
  return {
    async prepare(count) {
      subjects = Array.from({ length: count }, (_, index) => `person ${index}`);
    },
    async provision() {
      const renewed = once(worker, 'message');
      tell({ kind: 'renew' });
      await renewed;
      const ended = once(worker, 'message');
      tell({ kind: 'provision', subjects, isSingle: false });
      await ended;
    },
    async provisionSingle(index) {
      const subject = `single ${index}`;
      tell({ kind: 'provision', subjects: [subject], isSingle: true });
      return subject;
    },
    async close() {
      await worker.terminate();
      await postgres?.stop();
    },
  };
}
