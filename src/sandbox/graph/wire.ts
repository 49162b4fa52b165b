import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isRefusal } from './errors.ts';
import type { SandboxResponse } from './exchange.ts';

/** The ids by which Microsoft's support would find a call, and its date. Every answer has them. */
export interface TraceOfCall {
  readonly requestId: string;
  readonly clientRequestId: string;
  /** Ms since 1970. */
  readonly now: number;
}

const jsonType = 'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8';

export function traceOf(incoming: IncomingMessage, now: number): TraceOfCall {
  const requestId = randomUUID();
  const given = incoming.headers['client-request-id'];
  return { requestId, clientRequestId: typeof given === 'string' ? given : requestId, now };
}

/** Sends JSON; a refusal first gets the `innerError` that identifies the call. */
export function send(outgoing: ServerResponse, response: SandboxResponse, trace: TraceOfCall): void {
  const body = response.body === undefined ? '' : JSON.stringify(withInnerError(response.body, trace));
  sendText(outgoing, response.status, body, { 'Content-Type': jsonType, ...response.headers }, trace);
}

export function sendText(
  outgoing: ServerResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>>,
  trace: TraceOfCall,
): void {
  sendBytes(outgoing, status, Buffer.from(body), headers, trace);
}

export function sendBytes(
  outgoing: ServerResponse,
  status: number,
  body: Buffer,
  headers: Readonly<Record<string, string>>,
  trace: TraceOfCall,
): void {
  if (outgoing.destroyed) return;
  outgoing.writeHead(status, {
    'Content-Length': body.length,
    'Cache-Control': 'no-cache',
    'OData-Version': '4.0',
    'request-id': trace.requestId,
    'client-request-id': trace.clientRequestId,
    'x-ms-ags-diagnostic': '{"ServerInfo":{"DataCenter":"Sandbox","Slice":"E","Ring":"0","ScaleUnit":"000"}}',
    Date: new Date(trace.now).toUTCString(),
    ...headers,
  });
  outgoing.end(body);
}

// The date in an `innerError` has neither fraction nor time zone.
function innerError({ requestId, clientRequestId, now }: TraceOfCall): Readonly<Record<string, string>> {
  return {
    date: new Date(now).toISOString().slice(0, 19),
    'request-id': requestId,
    'client-request-id': clientRequestId,
  };
}

function withInnerError(body: unknown, trace: TraceOfCall): unknown {
  if (!isRefusal(body)) return body;
  return { error: { ...body.error, innerError: { ...innerError(trace), ...innerErrorOf(body.error) } } };
}

function innerErrorOf(error: object): object {
  return 'innerError' in error && typeof error.innerError === 'object' && error.innerError !== null
    ? error.innerError
    : {};
}
