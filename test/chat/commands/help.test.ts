import { describe, expect, it } from '@jest/globals';
import type { Caller, Role } from '../../../src/access/caller.ts';
import { commandsFor } from '../../../src/chat/commands/help.ts';
import { parse } from '../../../src/chat/grammar/parse.ts';

function caller(...roles: Role[]): Caller {
  return { id: '1', tenantId: '2', name: 'Megan', principalName: 'megan@contoso.com', roles, memberOf: [] };
}
const verbsFor = (...roles: Role[]) => commandsFor(caller(...roles)).map(({ verb }) => verb);
const everyone = commandsFor(caller('operator', 'approver'));

describe('the commands that somebody may use', () => {
  it('are those of asking, for a requester, and taking back what was asked', () => {
    expect(verbsFor('requester')).toEqual(['cancel', 'requestAccess', 'accessForm', 'show', 'apps', 'whoami', 'help']);
  });

  it.each(['approver', 'appApprover'] as const)('are those of deciding, for an %s', (role) => {
    const deciding = ['approve', 'deny', 'pending', 'show', 'sendApprovalsHere', 'stopSendingApprovals'];

    expect(verbsFor(role)).toEqual([...deciding, 'apps', 'whoami', 'help']);
  });

  it('are only questions about oneself, without a role', () => {
    expect(verbsFor()).toEqual(['whoami', 'help']);
  });

  it.each(everyone.flatMap(({ verb, examples }) => examples.map((line) => [line, verb])))(
    'are shown by lines that mean them: %s',
    (line, verb) => {
      expect(parse(line)).toMatchObject({ kind: 'command', command: { verb } });
    },
  );
});
