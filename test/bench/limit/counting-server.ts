import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/**
 * A service that allows so many on-demand calls in a window and answers the rest with 429, in a thread of its own with
 * its own clock, some milliseconds of uneven way from its callers. Beside that it is the sandbox Graph.
 */
export interface CountingServer {
  /** Ends in `/v1.0`. */
  readonly url: string;
  /** Forgets what was counted. The window goes on: calls admitted just now still count. */
  begin(): Promise<void>;
  tally(): Promise<Tally>;
  close(): Promise<void>;
}

export interface CountingOptions {
  readonly rule: CountingRule;
  readonly limit: number;
  readonly windowMs: number;
  /** Each call is on its way for anything between nothing and this. */
  readonly jitterMs: number;
  /** How long an admitted call takes. */
  readonly latencyMs: number;
}

export type CountingRule = 'sliding' | 'fixed';

export interface Tally {
  /** When `begin` was called; milliseconds since 1970. */
  readonly begunAt: number;
  /** Calls that the server answered with 429. */
  readonly throttled: number;
  /** Calls admitted, in the order of their arrival, with the object id each was for. */
  readonly starts: readonly { readonly subject: string; readonly atMs: number }[];
  /** The longest block of the server's own thread: beyond it, no time here can be trusted. */
  readonly stalledMs: number;
}

type Message = { readonly kind: 'ready'; readonly url: string } | { readonly kind: 'tally'; readonly tally: Tally };

export async function startCountingServer(options: CountingOptions): Promise<CountingServer> {
  const worker = new Worker(new URL('./counting-server-entry.ts', import.meta.url), { workerData: options });
  const message = async (): Promise<Message> => {
    const [received] = await once(worker, 'message');
    return received as Message;
  };
  const ready = await message();
  if (ready.kind !== 'ready') throw new Error('the counting server began with something else');
  // One call at a time, so that each answer reaches its caller.
  let line: Promise<unknown> = Promise.resolve();
  const ask = (what: 'begin' | 'tell'): Promise<Tally> => {
    const asked = line.then(async () => {
      const answered = message();
      worker.postMessage(what);
      const told = await answered;
      if (told.kind !== 'tally') throw new Error('the counting server answered something else');
      return told.tally;
    });
    line = asked;
    return asked;
  };
  return {
    url: ready.url,
    async begin() {
      await ask('begin');
    },
    tally: () => ask('tell'),
    async close() {
      await worker.terminate();
    },
  };
}
