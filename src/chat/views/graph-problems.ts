import { assertNever } from '../../assert-never.ts';
import { type GraphTrouble, refusesToken } from '../../graph/answer.ts';
import { permissionFor } from '../../graph/permission-for.ts';
import type { Messages, MessageValues } from '../messages.ts';
import { short } from './parts.ts';
import { type ProblemKeys, problemKeys } from './problem-keys.ts';

/** Graph did not tell what a command needs to know: one text for each kind of failure. Nothing has been done. */
export type GraphProblem =
  /** `code`: what an engineer can look up, e.g. Graph's request id. */
  | { readonly kind: 'graphUnavailable' | 'graphRefused' | 'unreadableAnswer'; readonly code: string | null }
  | { readonly kind: 'graphTrouble'; readonly trouble: GraphTrouble };

const KEYS = problemKeys({
  graphThrottled: 'warning',
  graphNotFound: 'warning',
  graphBadRequest: 'bad',
  graphConflict: 'bad',
  graphOther: 'bad',
  graphToken: 'bad',
  graphNoToken: 'bad',
  graphRefused: 'bad',
  graphUnavailable: 'bad',
  graphTimeout: 'bad',
  graphLost: 'bad',
  graphUnreachable: 'bad',
  unreadableAnswer: 'bad',
});

type Name = keyof typeof KEYS;

export function isGraphProblem(what: { readonly kind: string }): what is GraphProblem {
  return ['graphTrouble', 'graphUnavailable', 'graphRefused', 'unreadableAnswer'].includes(what.kind);
}

/** A problem's catalogue keys with their values; `codeLine` is finished. */
export function graphProblem(
  words: Messages,
  what: GraphProblem,
): {
  readonly keys: ProblemKeys;
  readonly values: MessageValues;
  readonly code: string | null;
  readonly codeLine?: string;
} {
  if (what.kind !== 'graphTrouble') return { keys: KEYS[what.kind], values: untold, code: what.code };
  const { trouble } = what;
  const codeLine = codeOf(words, trouble);
  return { keys: KEYS[nameOf(trouble)], values: valuesOf(words, trouble), code: null, codeLine };
}

function nameOf(trouble: GraphTrouble): Name {
  switch (trouble.kind) {
    case 'refused':
      return refusalName(trouble.status, trouble.code);
    case 'unreadable':
      return 'unreadableAnswer';
    case 'noAnswer':
      return SILENCES[trouble.why];
    default:
      return assertNever(trouble, 'trouble');
  }
}

function refusalName(status: number, code: string): Name {
  if (refusesToken({ status, code })) return 'graphToken';
  return status >= 500 ? 'graphUnavailable' : (REFUSALS[status] ?? 'graphOther');
}

const REFUSALS: Readonly<Record<number, Name>> = {
  400: 'graphBadRequest',
  401: 'graphRefused',
  403: 'graphRefused',
  404: 'graphNotFound',
  409: 'graphConflict',
  429: 'graphThrottled',
};

const SILENCES: Readonly<Record<Extract<GraphTrouble, { kind: 'noAnswer' }>['why'], Name>> = {
  timeout: 'graphTimeout',
  stopped: 'graphTimeout',
  connectionLost: 'graphLost',
  unreachable: 'graphUnreachable',
  noCredential: 'graphNoToken',
};

/** The values where only the kind of the problem is known. */
const untold = { status: 'none', wait: 'none', permission: 'none' };

function valuesOf(words: Messages, trouble: GraphTrouble): MessageValues {
  if (trouble.kind !== 'refused') return untold;
  const { status, retryAfterMs, trace } = trouble;
  return {
    status: String(status),
    wait: (retryAfterMs ?? 0) > 0 ? waitText(words, retryAfterMs ?? 0) : 'none',
    permission: permissionFor(trace) ?? 'none',
  };
}

/** How long Graph asks to wait, in whole units, rounded up: less would be too soon. */
function waitText(words: Messages, ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  if (seconds <= 120) return words.plain('wait.seconds', { count: seconds });
  const minutes = Math.ceil(seconds / 60);
  return minutes <= 120
    ? words.plain('wait.minutes', { count: minutes })
    : words.plain('wait.hours', { count: Math.ceil(minutes / 60) });
}

/** Graph's own code, and the id under which Microsoft's support and the log know the call. */
export function codeOf(words: Messages, trouble: GraphTrouble): string {
  const request = short(trouble.trace.requestId ?? trouble.trace.clientRequestId, 60);
  if (trouble.kind === 'refused') {
    const { status } = trouble;
    const code = short(trouble.code, 60);
    return code === ''
      ? words.card('label.requestCode', { code: `HTTP ${status}`, request })
      : words.card('label.graphCode', { code, status, request });
  }
  const code = short(trouble.kind === 'noAnswer' ? (trouble.code ?? '') : '', 60);
  return code === '' ? words.card('label.code', { code: request }) : words.card('label.requestCode', { code, request });
}
