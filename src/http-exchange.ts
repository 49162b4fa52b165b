import { type Dispatcher, errors } from 'undici';

/**
 * One HTTP exchange whose answer is read whole. undici's own `request` makes a stream for each body, which costs a fifth
 * of the processor time of an exchange whose answer has a few hundred bytes.
 */
export interface Answered {
  readonly status: number;
  readonly headers: AnsweredHeaders;
  /** As it was sent; null where it is larger than the dispatcher's `maxResponseSize`. */
  readonly body: Buffer | null;
}

/** By their names in lower case. */
export type AnsweredHeaders = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2];

export interface Exchange {
  readonly method: Dispatcher.HttpMethod;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
  /** Called right before the request goes onto the wire; if the signal is aborted then, nothing is sent. */
  readonly onSend?: () => void;
  /** Called when the headers are there: the rest of the answer may still get lost. */
  readonly onHeaders?: (headers: AnsweredHeaders) => void;
}

/**
 * Sends the request once, and follows no redirect. Bounds on time and size are the dispatcher's.
 *
 * @throws undici's error where no connection was made, or the answer did not come whole; the signal's reason where it
 * aborts before the end, also while the request waits for a connection
 */
export function exchangeOver(dispatcher: Dispatcher, address: string, exchange: Exchange): Promise<Answered> {
  const { method, headers, body, signal, onSend, onHeaders } = exchange;
  return new Promise((resolve, reject) => {
    const { origin, pathname, search } = new URL(address);
    const chunks: Buffer[] = [];
    let started: Pick<Dispatcher.DispatchController, 'abort'> | null = null;
    let head: Omit<Answered, 'body'> | null = null;
    const stop = () => {
      started?.abort(signal?.reason);
      fail(signal?.reason);
    };
    const settle = () => signal?.removeEventListener('abort', stop);
    const fail = (error: unknown) => {
      settle();
      reject(error);
    };
    const succeed = (answered: Answered) => {
      settle();
      resolve(answered);
    };
    if (signal?.aborted) return stop();
    signal?.addEventListener('abort', stop, { once: true });
    dispatcher.dispatch(
      { origin, path: `${pathname}${search}`, method, headers, body: body ?? null },
      {
        onRequestStart(controller) {
          started = controller;
          if (signal?.aborted !== true) onSend?.();
          if (signal?.aborted) controller.abort(signal.reason);
        },
        onResponseStart(_controller, status, answered) {
          // Those below 200 come before the answer.
          if (status < 200) return;
          head = { status, headers: answered };
          onHeaders?.(answered);
        },
        onResponseData: (_controller, chunk) => void chunks.push(chunk),
        onResponseEnd() {
          if (head !== null) succeed({ ...head, body: Buffer.concat(chunks) });
        },
        onResponseError(_controller, error) {
          if (head !== null && error instanceof errors.ResponseExceededMaxSizeError) succeed({ ...head, body: null });
          else fail(error);
        },
      },
    );
  });
}

/** The first value of a header. */
export function headerOf(headers: AnsweredHeaders, name: string): string | null {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? null;
}
