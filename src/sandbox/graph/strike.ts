import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { assertNever } from '../../assert-never.ts';
import { refusal, unknownError } from './errors.ts';
import type { SandboxResponse } from './exchange.ts';
import type { FaultKind } from './faults.ts';
import { send, sendBytes, sendText, type TraceOfCall } from './wire.ts';

/** Answers a call as a scripted fault says; `real` is the answer without the fault. */
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
        send(outgoing, { status: fault.status, body: errorBody(fault), headers }, trace);
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
      // The length matches what is sent, so the exchange itself is valid and only the JSON is not.
      sendText(outgoing, status, whole.slice(0, Math.ceil(whole.length / 2)), json, trace);
      return;
    }
    case 'cutOff': {
      const { status, body } = real();
      const whole = JSON.stringify(body ?? {});
      outgoing.writeHead(status, {
        ...json,
        'Content-Length': Buffer.byteLength(whole),
        'request-id': trace.requestId,
      });
      outgoing.write(whole.slice(0, Math.ceil(whole.length / 2)), () => outgoing.destroy());
      return;
    }
    case 'damagedValue':
      send(outgoing, withPair(real(), damaged), trace);
      return;
    case 'warned':
      send(outgoing, withPair(real(), warned), trace);
      return;
    case 'gzip': {
      const { status, body } = real();
      sendBytes(outgoing, status, gzipSync(JSON.stringify(body ?? {})), { ...json, 'Content-Encoding': 'gzip' }, trace);
      return;
    }
    case 'bomb':
      sendBytes(outgoing, 200, gzipSync(Buffer.alloc(bombBytes, ' ')), { ...json, 'Content-Encoding': 'gzip' }, trace);
      return;
    case 'graphLinks': {
      const { status, body } = real();
      const text = JSON.stringify(body ?? {}).replaceAll(/http:\/\/[^/"]+\/v1\.0/g, 'https://graph.microsoft.com/v1.0');
      sendText(outgoing, status, text, json, trace);
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
    default:
      assertNever(fault, 'fault');
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

function errorBody({ status, code, message = '' }: Extract<FaultKind, { kind: 'status' }>): unknown {
  return code === undefined ? defaultBody(status) : refusal(status, code, message).body;
}

/** An on-demand answer with its two strings changed; any other answer stays as it is. */
function withPair(response: SandboxResponse, change: (pair: Pair) => Pair): SandboxResponse {
  const { body } = response;
  const isPair = typeof body === 'object' && body !== null && 'key' in body && 'value' in body;
  return isPair
    ? { ...response, body: { ...body, ...change({ key: String(body.key), value: String(body.value) }) } }
    : response;
}

interface Pair {
  readonly key: string;
  readonly value: string;
}

/** Where `value` is empty, the beginning of a value is put there. */
const damaged = ({ key, value }: Pair): Pair => ({
  key,
  value: value.length > 2 ? value.slice(0, Math.ceil(value.length / 2)) : '{"provisioningSteps":[{"na',
});

/** Turns the verdict into a warning with a text, in whichever of the two strings has it. */
function warned({ key, value }: Pair): Pair {
  const details = { errorCode: 'SchemaPropertyCanOnlyAcceptValue', errorMessage: 'The manager could not be written.' };
  const told: unknown = JSON.parse(value);
  const statusInfo = { status: 'Warning', errorCode: details.errorCode, reason: details.errorMessage };
  const warnedReport = (report: unknown) => ({ ...(report as object), statusInfo });
  return {
    key: key.startsWith('{') ? JSON.stringify({ result: 'Warning', details }) : key,
    value: JSON.stringify(Array.isArray(told) ? told.map(warnedReport) : warnedReport(told)),
  };
}

const bombBytes = 64 * 1024 * 1024;

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
