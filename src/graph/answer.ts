/**
 * The result of one HTTP exchange with Graph, as a value. Two families, as the reader of a log needs them: Graph
 * refused (`refused`), or no usable answer came (`unreadable`, `noAnswer`).
 */
export type GraphAnswer =
  | { readonly kind: 'ok'; readonly status: number; readonly body: unknown; readonly trace: Trace }
  | GraphTrouble;

export type GraphTrouble =
  | {
      readonly kind: 'refused';
      readonly status: number;
      /** The OData error code, or `''` when the body had none. */
      readonly code: string;
      readonly message: string;
      /** From `Retry-After`, in milliseconds; null when the header is missing or is not valid. */
      readonly retryAfterMs: number | null;
      /** The call was made with a signed-in person's delegated permission, not with Usher's own. */
      readonly onBehalf?: true;
      readonly trace: Trace;
    }
  /** HTML, truncated JSON, an empty or oversized body, or JSON of another shape, with a success status. */
  | { readonly kind: 'unreadable'; readonly status: number; readonly trace: Trace }
  | {
      readonly kind: 'noAnswer';
      readonly why: NoAnswer;
      /** Certainly nothing was sent. Without it the call may have arrived. */
      readonly unsent?: true;
      /** The system's error code, e.g. `ENOTFOUND`. */
      readonly code?: string;
      readonly onBehalf?: true;
      readonly trace: Trace;
    };

/**
 * `noCredential`: no token could be obtained, so nothing was sent. `unreachable`: no name, no connection or no trusted
 * certificate, so nothing was sent either. `stopped`: the caller gave up waiting.
 */
export type NoAnswer = 'timeout' | 'connectionLost' | 'unreachable' | 'stopped' | 'noCredential';

/** Whether Graph refused the token itself, and not what its bearer may do. */
export function refusesToken({ status, code }: { readonly status: number; readonly code: string }): boolean {
  return status === 401 && /token/i.test(code);
}

/** `DELETE` takes one app role assignment away, and nothing else. */
export type GraphMethod = 'GET' | 'POST' | 'DELETE';

/** What Microsoft's support asks for. Both ids are safe to log and to show. */
export interface Trace {
  readonly clientRequestId: string;
  readonly requestId: string | null;
  readonly date: string | null;
  /** Which call it was, without its ids; absent where no call was made. */
  readonly endpoint?: string;
  readonly method?: GraphMethod;
}

/** A read that can fail in expected ways. */
export type Fetched<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly trouble: GraphTrouble };

export const fetched = <T>(value: T): Fetched<T> => ({ ok: true, value });
/** The same, with its value converted. */
export const mapped = <T, U>(read: Fetched<T>, convert: (value: T) => U): Fetched<U> =>
  read.ok ? fetched(convert(read.value)) : read;
export const troubled = (trouble: GraphTrouble): Fetched<never> => ({ ok: false, trouble });
