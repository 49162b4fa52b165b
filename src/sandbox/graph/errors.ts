import type { SandboxResponse } from './exchange.ts';

/**
 * A refusal to be sent. The server adds `innerError` with the date and the request ids when it sends it, since only the
 * server knows them.
 */
export interface ODataError {
  readonly code: string;
  readonly message: string;
}

export function refusal(status: number, code: string, message: string): SandboxResponse {
  return { status, body: { error: { code, message } satisfies ODataError } };
}

export function badRequest(message: string, code = 'BadRequest'): SandboxResponse {
  return refusal(400, code, message);
}

/** For an object that the directory does not have, or no longer has. */
export function noSuchObject(id: string): SandboxResponse {
  return refusal(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );
}

/** For a caller without the permission. */
export const insufficientPrivileges = refusal(
  403,
  'Authorization_RequestDenied',
  'Insufficient privileges to complete the operation.',
);

/** For an unknown path. */
export function noSuchSegment(segment: string): SandboxResponse {
  return refusal(404, 'ResourceNotFound', `Resource not found for the segment '${segment}'.`);
}

/** Graph's answer when the caller lacks a permission, and also when the job is quarantined: it says nothing more. */
export function unknownError(status: number): SandboxResponse {
  return refusal(status, 'UnknownError', '');
}

/** Whether the body is an OData error; an answer may have an `error` of its own beside other fields. */
export function isRefusal(body: unknown): body is { readonly error: ODataError } {
  return typeof body === 'object' && body !== null && 'error' in body && Object.keys(body).length === 1;
}
