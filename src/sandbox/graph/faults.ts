/**
 * Scripted faults. A fault waits for the first call whose path matches, applies to it once and is gone. Faults that
 * match the same call apply in the order in which they were scripted, one call each.
 */
export type Fault = FaultKind & {
  /** The work is done anyway, and only the answer is lost, as a gateway's 504 may well mean. */
  readonly workDone?: boolean;
  /** It waits for a call whose body holds this, such as an object's id: calls of one path may arrive in any order. */
  readonly about?: string;
};

export type FaultKind =
  /**
   * Any HTTP status. Without a body it is an OData error, of this code where one is given; a body is sent as it is,
   * text as a web page and anything else as JSON. A 429 has no `Retry-After` unless `headers` gives one.
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
  /** The real answer's headers and half of its body, and then the connection breaks. Its work is done. */
  | { readonly kind: 'cutOff' }
  /** The real answer to an on-demand call, in valid JSON whose `value` string is cut off. Its work is done. */
  | { readonly kind: 'damagedValue' }
  /** The real answer to an on-demand call, turned into a warning. Its work is done. */
  | { readonly kind: 'warned' }
  /** The real answer, compressed. */
  | { readonly kind: 'gzip' }
  /** A small compressed answer that decompresses to 64 MB. */
  | { readonly kind: 'bomb' }
  /** The real answer, with links to Microsoft's own host, as a proxy before Graph passes them on. */
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
  /** Takes the first fault that matches this path and body. */
  take(path: string, body: string): Fault | undefined;
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
    take: (path, body) => {
      const struck = queue.find(({ where, fault: { about = '' } }) => fits(where, path) && body.includes(about));
      queue = queue.filter((scripted) => scripted !== struck);
      return struck?.fault;
    },
    reset: () => {
      queue = [];
    },
  };
}

function fits(where: string | RegExp, path: string): boolean {
  // `search` and not `test`: a pattern with the g flag would remember where the last call's match ended.
  return typeof where === 'string' ? path.startsWith(where) : path.search(where) !== -1;
}
