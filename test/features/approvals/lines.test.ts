import { describe, expect, it } from '@jest/globals';
import type { Command } from '../../../src/chat/command.ts';
import { parse } from '../../support/grammar.ts';

describe('a decision', () => {
  it.each<[string, Command]>([
    ['approve R7K3MQ', { verb: 'approve', requestId: 'R7K3MQ' }],
    ['Approve request #r7k3mq, please', { verb: 'approve', requestId: 'R7K3MQ' }],
    ['deny R7K3MQ', { verb: 'deny', requestId: 'R7K3MQ', reason: null }],
    ['deny R7K3MQ he has it already', { verb: 'deny', requestId: 'R7K3MQ', reason: 'he has it already' }],
    ['deny R7K3MQ: he has it already.', { verb: 'deny', requestId: 'R7K3MQ', reason: 'he has it already' }],
    ['deny the request R7K3MQ because he left', { verb: 'deny', requestId: 'R7K3MQ', reason: 'he left' }],
    ['deny r7k3mq reason: “wrong app”', { verb: 'deny', requestId: 'R7K3MQ', reason: 'wrong app' }],
    ['reject R7K3MQ', { verb: 'deny', requestId: 'R7K3MQ', reason: null }],
    ['deny R7K3MQ not yet', { verb: 'deny', requestId: 'R7K3MQ', reason: 'not yet' }],
    ['deny R7K3MQ no budget', { verb: 'deny', requestId: 'R7K3MQ', reason: 'no budget' }],
    ['deny R7K3MQ duplicate of M2P4QW', { verb: 'deny', requestId: 'R7K3MQ', reason: 'duplicate of M2P4QW' }],
    ['deny R7K3MQ because only managers get it', { verb: 'deny', requestId: 'R7K3MQ', reason: 'only managers get it' }],
    ['decline R7K3MQ ask me first', { verb: 'deny', requestId: 'R7K3MQ', reason: 'ask me first' }],
  ])('is taken by %s', (text, command) => {
    expect(parse(text)).toEqual({ kind: 'command', command });
  });

  it.each([
    ['aprove R7K3MQ', 'approve R7K3MQ'],
    ['approev r7k3mq', 'approve R7K3MQ'],
    ['I approve R7K3MQ', 'approve R7K3MQ'],
    ['dney R7K3MQ no', 'deny R7K3MQ no'],
    ['deny abcdef he left', 'deny ABCDEF he left'],
    ['deny R7K3MQ and approve M2P4QW', 'deny R7K3MQ because and approve M2P4QW'],
    ['deny R7K3MQ, M2P4QW', 'deny R7K3MQ because M2P4QW'],
    ['deny R7K3MQ never mind', 'deny R7K3MQ because never mind'],
    ['deny R7K3MQ tomorrow', 'deny R7K3MQ because tomorrow'],
    ['deny R7K3MQ unless Claire agrees', 'deny R7K3MQ because unless Claire agrees'],
    ['deny R7K3MQ only for diego', 'deny R7K3MQ because only for diego'],
  ])('is only offered for a typo, and where more may be meant: %s', (text, suggestion) => {
    expect(parse(text)).toEqual({ kind: 'didYouMean', suggestion });
  });

  it.each([
    ...[
      'approved R7K3MQ',
      'denied R7K3MQ',
      'rejected R7K3MQ',
      'improve R7K3MQ',
      'disapprove R7K3MQ',
      'approver R7K3MQ',
    ],
    ...['no approve R7K3MQ', 'approve R7K3MQ and M2P4QW', 'approve R7K3MQ-2'],
    ...['do not approve R7K3MQ', 'Denny R7K3MQ'],
    ...['"approve" R7K3MQ', 'R7K3MQ approve', 'many R7K3MQ'],
  ])('is not read from %s', (text) => {
    expect(parse(text)).toEqual({ kind: 'unclear' });
  });

  it.each([
    ['approve isaiah', ['isaiah']],
    ['approve isaiah for Salesforce', ['isaiah', 'Salesforce']],
    ['deny isaiah because he left', ['isaiah']],
    ['decline advice from Bob', ['advice', 'Bob']],
    ['reject cookies', ['cookies']],
  ])('may be about the request that the words name: %s', (text, said) => {
    expect(parse(text)).toMatchObject({ kind: 'incomplete', missing: 'id', said });
  });

  it.each(['approve', 'approve it', 'deny', 'reject this request', 'show', 'show me this'])(
    'is incomplete without an id: %s',
    (text) => {
      expect(parse(text)).toMatchObject({ kind: 'incomplete', missing: 'id', said: [] });
    },
  );
});

describe('the list of pending decisions', () => {
  it.each<[string, Command]>([
    ['pending', { verb: 'pending', page: 1 }],
    ['Pending 2', { verb: 'pending', page: 2 }],
    ['pending page 12', { verb: 'pending', page: 12 }],
    ['approvals', { verb: 'pending', page: 1 }],
    ['what waits for me?', { verb: 'pending', page: 1 }],
    ['What’s waiting for me', { verb: 'pending', page: 1 }],
    ['show R7K3MQ', { verb: 'show', requestId: 'R7K3MQ' }],
    ['show me request r7k3mq', { verb: 'show', requestId: 'R7K3MQ' }],
    ['show apps', { verb: 'apps', search: null }],
    ['send approvals here', { verb: 'sendApprovalsHere' }],
    ['send approvals to this channel', { verb: 'sendApprovalsHere' }],
    ['stop sending approvals', { verb: 'stopSendingApprovals' }],
    ['stop sending approvals to this chat', { verb: 'stopSendingApprovals' }],
    ["don't send approvals here", { verb: 'stopSendingApprovals' }],
  ])('is read from %s', (text, command) => {
    expect(parse(text)).toEqual({ kind: 'command', command });
  });

  it.each([
    ['pendign', 'pending'],
    ['open requests', 'pending'],
    ['send aprovals here', 'send approvals here'],
    ['stop sending aprovals', 'stop sending approvals'],
    ['send approvals here please now', 'send approvals here'],
  ])('is offered for %s', (text, suggestion) => {
    expect(parse(text)).toEqual({ kind: 'didYouMean', suggestion });
  });

  it.each([
    ...['pending 0', 'pending page', 'pending review by the boss', 'spending', 'show salesforce'],
    ...['how are you', 'send approvals', 'send money to isaiah', 'stop sending me things'],
  ])('is not read from %s', (text) => {
    expect(parse(text)).toEqual({ kind: 'unclear' });
  });
});
