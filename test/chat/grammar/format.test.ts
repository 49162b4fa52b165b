import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Command } from '../../../src/chat/command.ts';
import { anyCommand } from '../../support/any-command.ts';
import { format, parse } from '../../support/grammar.ts';
import { propertyRuns } from '../../support/property-runs.ts';

const SEED = 20261121;

describe('the canonical line of a command', () => {
  it.each<[Command, string]>([
    [
      { verb: 'provision', subject: 'adele@contoso.com', app: 'Salesforce' },
      'provision user adele@contoso.com to Salesforce',
    ],
    [
      { verb: 'provision', subject: 'Zoë Müller-李', app: 'GitHub Enterprise' },
      'provision user Zoë Müller-李 to GitHub Enterprise',
    ],
    [
      { verb: 'provision', subject: "Miles O'Brien", app: 'Data for Good' },
      `provision user Miles O'Brien to "Data for Good"`,
    ],
    [{ verb: 'provision', subject: 'user', app: 'Thank You' }, 'provision user "user" to "Thank You"'],
    [{ verb: 'provision', subject: '5" Disk', app: 'Yahoo!' }, 'provision user "5"" Disk" to "Yahoo!"'],
    [
      { verb: 'provisionList', subjects: ['adele@contoso.com', 'Lee Gu', 'CN=a,DC=b', 'R and D'], app: 'Box' },
      'provision users adele@contoso.com, Lee Gu, "CN=a,DC=b", "R and D" to Box',
    ],
    [
      { verb: 'provisionGroup', group: 'Sales Team', members: null, app: 'GitHub' },
      'provision group Sales Team to GitHub',
    ],
    [
      { verb: 'provisionGroup', group: 'Friends with Benefits', members: ['adele', 'Lee to Gu'], app: 'GitHub' },
      'provision group "Friends with Benefits" with members adele, "Lee to Gu" to GitHub',
    ],
    [{ verb: 'retry', requestId: 'R7K3MQ' }, 'retry R7K3MQ'],
    [{ verb: 'cancel', requestId: 'R7K3MQ' }, 'cancel R7K3MQ'],
    [{ verb: 'cancel', requestId: 'PLEASE' }, 'cancel "PLEASE"'],
    [
      {
        verb: 'requestAccess',
        subject: 'isaiah',
        app: 'Salesforce',
        start: '1 December',
        end: null,
        reason: 'he joins Sales',
      },
      'request access for isaiah to Salesforce on 1 December because he joins Sales',
    ],
    [
      { verb: 'requestAccess', subject: 'Lee Gu', app: 'Log on', start: 'in two weeks', end: null, reason: 'of "us"' },
      'request access for Lee Gu to "Log on" starting "in two weeks" because "of ""us"""',
    ],
    [
      { verb: 'requestAccess', subject: 'a@b.c', app: 'Monday', start: null, end: null, reason: null },
      'request access for a@b.c to "Monday"',
    ],
    [{ verb: 'accessForm' }, 'request'],
    [{ verb: 'approve', requestId: 'R7K3MQ' }, 'approve R7K3MQ'],
    [{ verb: 'deny', requestId: 'R7K3MQ', reason: null }, 'deny R7K3MQ'],
    [{ verb: 'deny', requestId: 'R7K3MQ', reason: 'he has it, for now' }, 'deny R7K3MQ he has it, for now'],
    [{ verb: 'deny', requestId: 'THIS', reason: 'because' }, 'deny "THIS" "because"'],
    [{ verb: 'pending', page: 1 }, 'pending'],
    [{ verb: 'pending', page: 2 }, 'pending 2'],
    [{ verb: 'show', requestId: 'R7K3MQ' }, 'show R7K3MQ'],
    [{ verb: 'sendApprovalsHere' }, 'send approvals here'],
    [{ verb: 'stopSendingApprovals' }, 'stop sending approvals'],
    [{ verb: 'status', app: null }, 'status'],
    [{ verb: 'status', app: 'GitHub Enterprise' }, 'status GitHub Enterprise'],
    [{ verb: 'status', app: 'all' }, 'status "all"'],
    [{ verb: 'check', subject: 'adele@contoso.com', app: 'Salesforce' }, 'check adele@contoso.com in Salesforce'],
    [{ verb: 'check', subject: 'Anh To', app: 'Data for Good' }, 'check "Anh To" in "Data for Good"'],
    [{ verb: 'check', subject: 'adele', app: 'Salesforce, GitHub' }, 'check adele in Salesforce, GitHub'],
    [{ verb: 'check', subject: 'adele', app: 'Box, Data for Good' }, 'check adele in "Box, Data for Good"'],
    [{ verb: 'check', subject: 'R7K3MQ', app: null }, 'check "R7K3MQ"'],
    [{ verb: 'queue' }, 'queue'],
    [{ verb: 'history', about: null, since: null, page: 1 }, 'history'],
    [{ verb: 'history', about: 'Lee Gu', since: '1 November', page: 2 }, 'history Lee Gu since 1 November page 2'],
    [{ verb: 'history', about: '2', since: 'monday for me', page: 1 }, 'history "2" since "monday for me"'],
    [{ verb: 'requests', page: 1 }, 'requests'],
    [{ verb: 'requests', page: 3 }, 'requests page 3'],
    [{ verb: 'exportHistory', about: null, since: '2026-11-01' }, 'export history since 2026-11-01'],
    [{ verb: 'exportHistory', about: 'Box', since: null }, 'export history Box'],
    [{ verb: 'watch', app: 'Salesforce' }, 'watch Salesforce'],
    [{ verb: 'unwatch', app: 'Here' }, 'unwatch "Here"'],
    [{ verb: 'watches' }, 'watches'],
    [{ verb: 'apps', search: null }, 'apps'],
    [{ verb: 'apps', search: 'sales' }, 'apps sales'],
    [{ verb: 'kits', kit: null }, 'kits'],
    [{ verb: 'kits', kit: 'Sales, Marketing and Ops' }, 'kits "Sales, Marketing and Ops"'],
    [{ verb: 'whoami' }, 'whoami'],
    [{ verb: 'help', topic: null }, 'help'],
    [{ verb: 'help', topic: 'provision' }, 'help provision'],
  ])('of %j is %s', (command, line) => {
    expect(format(command)).toBe(line);
  });

  it('reads back as the command, whatever the names hold', () => {
    fc.assert(
      fc.property(anyCommand, (meant) => {
        expect(parse(format(meant))).toEqual({ kind: 'command', command: meant });
      }),
      { seed: SEED, numRuns: propertyRuns(5000) },
    );
  });
});
