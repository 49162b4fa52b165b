/**
 * What one HTTP exchange with Graph brought, as a value. Two families, as it matters to whoever reads a log: Graph
 * said no (`refused`), or no usable answer came (`unreadable`, `noAnswer`).
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
      /** From `Retry-After`, in milliseconds; null when the header is missing or makes no sense. */
      readonly retryAfterMs: number | null;
      /** The call was made by the right of a person who has signed in, and not by Usher's own. */
      readonly onBehalf?: true;
      readonly trace: Trace;
    }
  /** HTML, truncated JSON, an empty or oversized body, or JSON of another shape, under a status of success. */
  | { readonly kind: 'unreadable'; readonly status: number; readonly trace: Trace }
  | {
      readonly kind: 'noAnswer';
      readonly why: NoAnswer;
      /** Nothing has gone onto the wire, for certain. Without it the call may have arrived. */
      readonly unsent?: true;
      /** What the machine calls the trouble, e.g. `ENOTFOUND`. */
      readonly code?: string;
      readonly onBehalf?: true;
      readonly trace: Trace;
    };

/**
 * `noCredential`: no token could be had, so nothing was sent. `unreachable`: no name, no connection or no trusted
 * certificate, so nothing was sent either. `stopped`: the caller gave up waiting.
 */
export type NoAnswer = 'timeout' | 'connectionLost' | 'unreachable' | 'stopped' | 'noCredential';

/** Whether a refusal is about the token itself, and not about what its bearer may do. */
export function refusesToken({ status, code }: { readonly status: number; readonly code: string }): boolean {
  return status === 401 && /token/i.test(code);
}

/** What Microsoft's support asks for. Both ids are safe to log and to show. */
export interface Trace {
  readonly clientRequestId: string;
  readonly requestId: string | null;
  readonly date: string | null;
  /** Which call it was, its ids taken out; left out where nobody was asked. */
  readonly endpoint?: string;
  readonly method?: 'GET' | 'POST';
}

/** A read that can fail in expected ways. */
export type Fetched<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly trouble: GraphTrouble };

export const fetched = <T>(value: T): Fetched<T> => ({ ok: true, value });
export const troubled = (trouble: GraphTrouble): Fetched<never> => ({ ok: false, trouble });
