import type { SealedEntry } from './sealed-entries.ts';

/** Where a stream ends: a file, standard output, or a receiver on the network. */
export interface Sink {
  /** How many entries it takes at once. */
  readonly atOnce: number;
  /** Sends them in their order. Resolves when they have arrived, or with why not; it never rejects. */
  send(entries: readonly SealedEntry[], stopping: AbortSignal): Promise<Sent>;
  close(): Promise<void>;
}

export type Sent =
  | { readonly kind: 'arrived' }
  /** The receiver wants no event any more. */
  | { readonly kind: 'off' }
  | {
      readonly kind: 'failed';
      /** How many of them have arrived all the same. */
      readonly arrived: number;
      /** For the log: a code of the system, or an HTTP status. */
      readonly why: string;
      /** How long the receiver asks to be left alone; null where it does not. */
      readonly retryAfterMs: number | null;
    };

/** The code of an error of the system or the network, for the log: a message may hold an address. */
export function reasonOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  if (/^[A-Z][A-Z0-9_]{2,59}$/.test(code)) return code;
  return error instanceof Error ? error.name : 'unknown';
}
