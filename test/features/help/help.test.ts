import { describe, expect, it } from '@jest/globals';
import type { Caller, Role } from '../../../src/access/caller.ts';
import { verbs } from '../../../src/chat/grammar/phrases.ts';
import { commandsFor } from '../../../src/chat/not-understood.ts';
import { registry } from '../../../src/features/registry.ts';
import { parse } from '../../support/grammar.ts';

function caller(...roles: Role[]): Caller {
  return { id: '1', tenantId: '2', name: 'Megan', principalName: 'megan@contoso.com', roles, memberOf: [] };
}
const verbsFor = (...roles: Role[]) =>
  commandsFor({ registry, graphAccess: 'appOnly' }, caller(...roles)).map(({ verb }) => verb);
const everyone = commandsFor({ registry, graphAccess: 'appOnly' }, caller('operator', 'approver'));

const checking = ['status', 'check', 'preview', 'queue', 'apps', 'kits'];
const watching = ['watch', 'watchAll', 'watches', 'unwatch', 'unwatchAll', 'quiet'];
const places = ['approvalChannels', 'removeApprovalChannel'];
const about = ['home', 'whoami', 'language', 'help'];
const endingMine = ['ends', 'extend', 'endAccess', 'endByHand'];
const ending = [...endingMine, 'verifyRemoval'];

describe('the commands that a caller may use', () => {
  it('begin with provisioning, for an operator', () => {
    const provisioning = ['provision', 'provisionList', 'provisionGroup', 'remove', 'offboard', ...ending];
    const changing = ['retry', 'cancel', 'cancelAllBy'];
    const requests = ['requests', 'history', 'show', ...changing, 'exportHistory', 'accessReport'];

    expect(verbsFor('operator')).toEqual([
      ...[...provisioning, ...checking, ...requests, ...places, 'requestAccess', 'accessForm'],
      ...[...watching, 'allWatches', 'removeWatch', ...about],
    ]);
  });

  it('begin with asking, for a requester, who may withdraw a request', () => {
    expect(verbsFor('requester')).toEqual([
      ...['requestAccess', 'accessForm', ...checking, 'requests', 'history', 'show', 'cancel'],
      ...[...endingMine, 'watches', ...about],
    ]);
  });

  it('begin with looking, for a viewer', () => {
    expect(verbsFor('viewer')).toEqual([
      ...checking,
      'requests',
      'history',
      'show',
      ...endingMine,
      ...watching,
      ...about,
    ]);
  });

  it('begin with deciding, for an approver', () => {
    const deciding = ['pending', 'approve', 'deny', 'sendApprovalsHere', 'stopSendingApprovals'];

    expect(verbsFor('approver')).toEqual([
      ...[
        ...deciding,
        ...places,
        ...checking,
        'requests',
        'history',
        'show',
        'exportHistory',
        ...ending,
        ...watching,
        ...about,
      ],
    ]);
    expect(verbsFor('appApprover')).toEqual([
      ...[...deciding, ...checking, 'requests', 'history', 'show', ...ending, 'watches', ...about],
    ]);
  });

  it('are declared under their own verb, each that the grammar reads', () => {
    const declared = Object.entries(registry.commands);

    expect(declared.map(([verb]) => verb).toSorted()).toEqual([...verbs].toSorted());
    for (const [verb, declaration] of declared) expect(declaration.verb).toBe(verb);
  });

  it('are only questions about oneself, for a caller without a role', () => {
    expect(verbsFor()).toEqual(['whoami', 'language', 'help']);
  });

  it.each(everyone.flatMap(({ verb, examples }) => examples.map((line) => [line, verb])))(
    'have example lines that mean them: %s',
    (line, verb) => {
      expect(parse(line)).toMatchObject({ kind: 'command', command: { verb } });
    },
  );
});
