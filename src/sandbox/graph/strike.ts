import type { ServerResponse } from 'node:http';
import { refusal, unknownError } from './errors.ts';
import type { SandboxResponse } from './exchange.ts';
import type { FaultKind } from './faults.ts';
import { send, sendText, type TraceOfCall } from './wire.ts';

/** Answers a call the way a scripted fault says, `real` being what it would have been told. */
export function strike(
  fault: Exclude<FaultKind, { kind: 'slow' }>,
  outgoing: ServerResponse,
  real: () => SandboxResponse,
  trace: TraceOfCall,
): void {
  const json = { 'Content-Type': 'application/json' };
  switch (fault.kind) {
    case 'status':
      if (fault.body === undefined) {
        const headers = fault.headers ?? {};
        send(outgoing, { status: fault.status, body: defaultBody(fault.status), headers }, trace);
      } else if (typeof fault.body === 'string') {
        sendText(outgoing, fault.status, fault.body, { 'Content-Type': 'text/html', ...fault.headers }, trace);
      } else {
        sendText(outgoing, fault.status, JSON.stringify(fault.body), { ...json, ...fault.headers }, trace);
      }
      return;
    case 'html':
      sendText(outgoing, 200, '<!doctype html><title>Sign in</title>', { 'Content-Type': 'text/html' }, trace);
      return;
    case 'truncated': {
      const { status, body } = real();
      const whole = JSON.stringify(body ?? {});
      // Its length is that of what is sent, so the exchange itself is in order and only the JSON is not.
      sendText(outgoing, status, whole.slice(0, Math.ceil(whole.length / 2)), json, trace);
      return;
    }
    case 'empty':
      sendText(outgoing, 200, '', json, trace);
      return;
    case 'reset':
      outgoing.destroy();
      return;
    case 'silence':
      return;
    case 'redirect':
      sendText(outgoing, 302, '', { Location: fault.location }, trace);
      return;
    default: {
      const never: never = fault;
      throw new Error(`There is no fault ${JSON.stringify(never)}.`);
    }
  }
}

/** The documented body of a 429 repeats the status inside, as text. */
export function tooManyRequests(headers: Readonly<Record<string, string>> = {}): SandboxResponse {
  const innerError = { code: '429', message: 'Please retry after', status: '429' };
  return {
    status: 429,
    body: { error: { code: 'TooManyRequests', innerError, message: 'Please retry again later.' } },
    headers,
  };
}

function defaultBody(status: number): unknown {
  switch (status) {
    case 429:
      return tooManyRequests().body;
    case 500:
      return refusal(status, 'InternalServerError', 'The server encountered an unexpected error.').body;
    case 503:
      return refusal(status, 'ServiceUnavailable', 'The service is unavailable.').body;
    default:
      return unknownError(status).body;
  }
}
