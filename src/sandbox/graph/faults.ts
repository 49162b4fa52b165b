/**
 * Scripted trouble. A fault waits for the first call whose path it fits, strikes once and is gone. Faults that fit
 * the same call strike in the order they were scripted, one call each.
 */
export type Fault = FaultKind & {
  /** The work is done all the same, and only the answer is lost: what a gateway's 504 may well mean. */
  readonly workDone?: boolean;
};

export type FaultKind =
  /**
   * Any HTTP status. Without a body it is an OData error, of this code where one is given; a body is sent as it is, text
   * as a web page and anything else as JSON. A 429 has no `Retry-After` unless `headers` gives one.
   */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly code?: string;
      readonly message?: string;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** 200 with a web page, as a proxy or a captive portal sends it. */
  | { readonly kind: 'html' }
  /** The real answer with proper headers, and JSON that ends in the middle. Its work is done. */
  | { readonly kind: 'truncated' }
  /** The real answer's headers and the first half of its body, and then the connection breaks. Its work is done. */
  | { readonly kind: 'cutOff' }
  /** The real answer of an on-demand call, whose `value` breaks off inside JSON that is in order. Its work is done. */
  | { readonly kind: 'damagedValue' }
  /** The real answer of an on-demand call, told as a warning. Its work is done. */
  | { readonly kind: 'warned' }
  /** The real answer, packed. */
  | { readonly kind: 'gzip' }
  /** A small packed answer that unpacks to 64 MB. */
  | { readonly kind: 'bomb' }
  /** The real answer, its links on Microsoft's own host, as a proxy before Graph hands them on. */
  | { readonly kind: 'graphLinks' }
  /** 200 without a body. */
  | { readonly kind: 'empty' }
  /** The connection breaks before any answer. */
  | { readonly kind: 'reset' }
  /** No answer at all, until the server closes. */
  | { readonly kind: 'silence' }
  /** The real answer, `ms` milliseconds late. */
  | { readonly kind: 'slow'; readonly ms: number }
  | { readonly kind: 'redirect'; readonly location: string };

export interface Faults {
  script(where: string | RegExp, fault: Fault): void;
  /** Takes the first fault that fits this path. */
  take(path: string): Fault | undefined;
  reset(): void;
}

interface Scripted {
  readonly where: string | RegExp;
  readonly fault: Fault;
}

export function createFaults(): Faults {
  let queue: readonly Scripted[] = [];
  return {
    script: (where, fault) => {
      queue = [...queue, { where, fault }];
    },
    take: (path) => {
      const struck = queue.find(({ where }) => fits(where, path));
      queue = queue.filter((scripted) => scripted !== struck);
      return struck?.fault;
    },
    reset: () => {
      queue = [];
    },
  };
}

function fits(where: string | RegExp, path: string): boolean {
  // `search` and not `test`: a pattern with the g flag would remember where it stopped at the call before.
  return typeof where === 'string' ? path.startsWith(where) : path.search(where) !== -1;
}
