import { describe, expect, it } from '@jest/globals';
import { cardAsText } from '../../../src/chat/cards/as-text.ts';
import { troubleReply } from '../../../src/chat/registry/turn.ts';
import type { GraphTrouble, NoAnswer, Trace } from '../../../src/graph/answer.ts';
import { words } from './drawings.ts';

const trace: Trace = { clientRequestId: 'client-1', requestId: 'graph-1', date: null };
const again = [{ label: 'tryAgain', verb: 'run', text: 'status' } as const];

function told(trouble: GraphTrouble): string {
  const reply = troubleReply(words, trouble, again);
  if (reply.kind !== 'card') throw new Error('a card was expected');
  return cardAsText(reply.message.card);
}

function refused(status: number, code: string, more: Partial<Extract<GraphTrouble, { kind: 'refused' }>> = {}) {
  return told({ kind: 'refused', status, code, message: '', retryAfterMs: null, trace, ...more });
}

const silent = (why: NoAnswer, code?: string) =>
  told({ kind: 'noAnswer', why, trace, ...(code === undefined ? {} : { code }) });

describe('a refusal by Graph', () => {
  it.each([
    [429, 'TooManyRequests', 'Microsoft Graph is limiting calls', 'too many calls (HTTP 429)'],
    [
      404,
      'Request_ResourceNotFound',
      'Microsoft Graph cannot find it',
      'cannot find something that this needs (HTTP 404)',
    ],
    [400, 'Request_BadRequest', 'Microsoft Graph says that the call is invalid', 'is invalid (HTTP 400)'],
    [409, 'Conflict', 'A conflict in Microsoft Graph', 'a conflict'],
    [
      401,
      'InvalidAuthenticationToken',
      'Microsoft Graph does not accept Usher’s token',
      'The problem is the token, not you',
    ],
    [401, 'UnknownError', 'Microsoft Graph refused the call', 'It is Usher that lacks the permission'],
    [403, 'Authorization_RequestDenied', 'Microsoft Graph refused the call', 'It is Usher that lacks the permission'],
    [500, 'InternalServerError', 'Microsoft Graph is not available', 'cannot handle this right now (HTTP 500)'],
    [503, 'ServiceUnavailable', 'Microsoft Graph is not available', 'cannot handle this right now (HTTP 503)'],
    [412, 'PreconditionFailed', 'Microsoft Graph refused the call', 'refused Usher’s call (HTTP 412)'],
  ])('%i %s has its own text, and Graph’s own code', (status, code, title, happened) => {
    const text = refused(status, code);

    expect(text.split('\n')[0]).toContain(title);
    expect(text.replaceAll('\\', '')).toContain(happened);
    expect(text).toContain('Nothing was done.');
    expect(text.replaceAll('\\', '')).toContain(`Code: ${code} (HTTP ${status}) · request graph-1`);
    expect(text).not.toMatch(/could not reach/);
  });

  it('without a code shows its status in that position', () => {
    expect(refused(403, '')).toContain('Code: HTTP 403 · request graph-1');
  });

  it.each([
    [40_000, '40 seconds'],
    [1_000, '1 second'],
    [500, '1 second'],
    [1_200_000, '20 minutes'],
    [86_400_000, '24 hours'],
  ])('that asks to wait %i ms says so', (retryAfterMs, wait) => {
    expect(refused(429, '', { retryAfterMs })).toContain(`It asked Usher to wait ${wait}.`);
    expect(refused(503, '', { retryAfterMs })).toContain(`asked Usher to wait ${wait}`);
  });

  it.each([
    ['/users/{id}', 'GET', 'User.Read.All'],
    ['/users/{id}/checkMemberGroups', 'POST', 'GroupMember.Read.All'],
    ['/users/{id}/transitiveMemberOf/microsoft.graph.directoryRole', 'GET', 'RoleManagement.Read.Directory'],
    ['/groups/{id}/members', 'GET', 'GroupMember.Read.All'],
    ['/servicePrincipals', 'GET', 'Application.Read.All'],
    ['/servicePrincipals/{id}/synchronization/jobs', 'GET', 'Synchronization.ReadWrite.All'],
    ['/servicePrincipals/{id}/appRoleAssignedTo', 'POST', 'AppRoleAssignment.ReadWrite.All'],
    ['/servicePrincipals/{id}/appRoleAssignedTo/{id}', 'DELETE', 'AppRoleAssignment.ReadWrite.All'],
    ['/auditLogs/provisioning', 'GET', 'AuditLog.Read.All'],
  ] as const)('names the permission that the call needs: %s', (endpoint, method, permission) => {
    const text = refused(403, 'Forbidden', { trace: { ...trace, endpoint, method } });

    expect(text).toContain(`It is Usher that lacks the permission ${permission}, not you.`);
    expect(text).toContain(`grant Usher ${permission}`);
  });

  it('names no permission for a call that it does not know', () => {
    expect(refused(403, '', { trace: { ...trace, endpoint: '/organization' } })).toContain(
      'lacks the permission, not you',
    );
  });

  it('offers a retry only where that may help', () => {
    expect(refused(503, '')).toContain('[Try again]');
    expect(refused(403, '')).not.toContain('[Try again]');
  });

  it('that concerns the token of a person who has signed in asks to sign in again', () => {
    expect(refused(401, 'InvalidAuthenticationToken', { onBehalf: true })).toMatch(/sign in/i);
  });
});

describe('a call that Graph did not answer', () => {
  it.each<[NoAnswer, string | undefined, string, string]>([
    ['timeout', undefined, 'Microsoft Graph is not answering', 'did not answer in time'],
    ['connectionLost', 'ECONNRESET', 'The connection to Microsoft Graph was lost', 'Code: ECONNRESET'],
    ['unreachable', 'ENOTFOUND', 'Usher cannot reach Microsoft Graph', 'Code: ENOTFOUND'],
    ['noCredential', undefined, 'Usher could not sign in', 'access token from Microsoft Entra'],
  ])('with %s has its own text', (why, code, title, words) => {
    const text = silent(why, code);

    expect(text.split('\n')[0]).toContain(title);
    expect(text).toContain(words);
  });
});
