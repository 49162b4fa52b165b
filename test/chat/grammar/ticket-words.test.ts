import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Command } from '../../../src/chat/command.ts';
import { createGrammar } from '../../../src/chat/grammar/grammar.ts';
import { takesTicket, withTicket } from '../../../src/chat/grammar/ticket-words.ts';
import { registry } from '../../../src/features/registry.ts';
import { createTickets } from '../../../src/ticket-rules.ts';
import { format, parse, ticketsIn } from '../../support/grammar.ts';
import { propertyRuns } from '../../support/property-runs.ts';

const SEED = 20261127;
const isaiah = { verb: 'provision', subject: 'isaiah', app: 'Salesforce' } as const;
const asked = {
  verb: 'requestAccess',
  subject: 'isaiah',
  app: 'Concur',
  start: null,
  end: null,
  reason: null,
} as const;

function commandOf(line: string): Command {
  const parsed = parse(line);
  if (parsed.kind !== 'command') throw new Error(`${line} is ${parsed.kind}`);
  return parsed.command;
}

describe('a ticket number in a line', () => {
  it.each([
    'INC0012345 provision isaiah to Salesforce',
    'INC0012345: provision isaiah to Salesforce',
    '[INC0012345] please provision isaiah to Salesforce',
    'INC0012345 - provision isaiah to Salesforce',
    'for INC0012345 provision isaiah to Salesforce',
    'provision INC0012345 isaiah to Salesforce',
    'provision isaiah (INC0012345) to Salesforce',
    'provision isaiah in INC0012345 Salesforce',
    'provision isaiah in INC0012345, Salesforce',
    'provision isaiah to Salesforce INC0012345',
    'provision isaiah to Salesforce inc0012345',
    'provision isaiah to Salesforce INC0012345.',
    'provision isaiah to Salesforce, INC0012345, thanks',
    'provision isaiah to Salesforce #INC0012345',
    'provision isaiah to Salesforce (ticket: INC0012345)',
    'provision isaiah to Salesforce for ticket INC0012345 please',
    'provision isaiah (for INC0012345) to Salesforce',
    'provision isaiah for ticket INC0012345 to Salesforce',
    'provision isaiah to Salesforce as requested in INC0012345',
    'provision isaiah to Salesforce because of INC0012345',
    'provision isaiah to Salesforce INC0012345 (see INC0012345)',
    'provision isaiah to Salesforce\nINC0012345\nthanks',
  ])('belongs to the command, wherever it stands: %j', (line) => {
    expect(parse(line)).toEqual({ kind: 'command', command: { ...isaiah, ticket: 'INC0012345' } });
  });

  it.each<[string, Command]>([
    [
      'provision users adele@contoso.com, isaiah@contoso.com INC0012345, lee to Salesforce',
      { verb: 'provisionList', subjects: ['adele@contoso.com', 'isaiah@contoso.com', 'lee'], app: 'Salesforce' },
    ],
    [
      'provision users to Salesforce\nINC0012345\nadele\nisaiah',
      { verb: 'provisionList', subjects: ['adele', 'isaiah'], app: 'Salesforce' },
    ],
    [
      'provision users to Salesforce\nadele\nINC0012345 isaiah',
      { verb: 'provisionList', subjects: ['adele', 'isaiah'], app: 'Salesforce' },
    ],
    [
      'provision group Sales Team INC0012345 to GitHub with members adele',
      { verb: 'provisionGroup', group: 'Sales Team', members: ['adele'], app: 'GitHub' },
    ],
    ['provision isaiah to REQ Systems INC0012345', { ...isaiah, app: 'REQ Systems' }],
    ['provision "INC 5" to "TASK2" INC0012345', { verb: 'provision', subject: 'INC 5', app: 'TASK2' }],
    ['request access for isaiah to Concur on 1 December INC0012345', { ...asked, start: '1 December' }],
    ['request access for isaiah to Concur INC0012345 on 1 December', { ...asked, start: '1 December' }],
    ['request INC0012345 access for isaiah to Concur', asked],
    ['request access for isaiah to Concur because INC0012345', asked],
    ['request access for isaiah to Concur for INC0012345 because he joins', { ...asked, reason: 'he joins' }],
    ['request access for isaiah to Concur because INC0012345 asks', { ...asked, reason: 'INC0012345 asks' }],
    ['request access for isaiah to Concur because "he (INC0012345)"', { ...asked, reason: 'he (INC0012345)' }],
    ['request access for isaiah to Concur because "he ""INC0012345"""', { ...asked, reason: 'he "INC0012345"' }],
    [
      'INC0012345 request access for isaiah to Concur because RITM1 and RITM2 ask',
      { ...asked, reason: 'RITM1 and RITM2 ask' },
    ],
    [
      'provision isaiah to Salesforce from 1 December INC0012345 because he joins',
      { ...isaiah, term: { start: '1 December', end: null, reason: 'he joins' } },
    ],
  ])('leaves the rest as it is: %j', (line, command) => {
    expect(commandOf(line)).toEqual({ ...command, ticket: 'INC0012345' });
  });

  it.each<[string, Command]>([
    ['provision isaiah to TASK2', { ...isaiah, app: 'TASK2' }],
    ['provision isaiah to "TASK2 Board"', { ...isaiah, app: 'TASK2 Board' }],
    ['provision isaiah to Office 365', { ...isaiah, app: 'Office 365' }],
    ['history INC0012345', { verb: 'history', about: 'INC0012345', since: null, page: 1 }],
  ])('is none where it is a name, or what the line is about: %j', (line, command) => {
    expect(commandOf(line)).toEqual(command);
  });

  it('stays with half a line', () => {
    expect(parse('provision isaiah INC0012345')).toEqual({
      kind: 'incomplete',
      verb: 'provision',
      missing: 'app',
      said: ['isaiah'],
      ticket: 'INC0012345',
    });
  });

  it('stays with a guess', () => {
    expect(parse('provsion isaiah to Salesforce INC0012345')).toEqual({
      kind: 'didYouMean',
      suggestion: 'provision user isaiah to Salesforce INC0012345',
    });
  });

  it('is open where the line names two, also in its reason', () => {
    expect(parse('INC0012345 provision isaiah to Salesforce RITM1')).toEqual({
      kind: 'severalTickets',
      command: isaiah,
      tickets: ['INC0012345', 'RITM1'],
    });
    expect(parse('request access for isaiah to Concur because INC1 and INC2 ask')).toMatchObject({
      kind: 'severalTickets',
      tickets: ['INC1', 'INC2'],
    });
  });

  it('may be of a project that an entry names, or of a pattern of the installation', () => {
    const tickets = createTickets({ pattern: String.raw`#?\d{6}`, required: false }, [{ ticketProjects: ['DEV'] }]);
    const own = createGrammar(registry.commands, tickets);

    const found = ['dev-7', '#123456', '654321', 'INC0012345'].map((typed) =>
      own.parse(`provision isaiah to Salesforce ${typed}`),
    );

    expect(found).toEqual([
      { kind: 'command', command: { ...isaiah, ticket: 'DEV-7' } },
      { kind: 'command', command: { ...isaiah, ticket: '#123456' } },
      { kind: 'command', command: { ...isaiah, ticket: '654321' } },
      { kind: 'command', command: { ...isaiah, app: 'Salesforce INC0012345' } },
    ]);
  });

  it('is found in any line, outside quotes', () => {
    expect(ticketsIn('see (INC1), inc1 and "RITM2" or RITM3.')).toEqual(['INC1', 'RITM3']);
    expect(ticketsIn('REQ Systems')).toEqual([]);
  });
});

describe('a command with a ticket', () => {
  it('is written so that it reads back as the same', () => {
    const anyNames = fc.stringMatching(/^[A-Za-z0-9 .-]{1,20}$/).map((name) => name.replace(/\s+/g, ' ').trim() || 'x');
    const names = fc.oneof(anyNames, fc.constantFrom('TASK2', 'TASK2 Board', 'REQ Systems', 'for INC7'));
    const reasons = fc.option(fc.constantFrom('he joins', 'INC9 asks', 'the audit'), { nil: null });
    const commands = fc.oneof(
      fc.record({ subject: names, app: names }).map((said): Command => ({ verb: 'provision', ...said })),
      fc
        .record({ subject: names, app: names, reason: reasons })
        .map((said): Command => ({ verb: 'requestAccess', start: null, end: null, ...said })),
    );

    fc.assert(
      fc.property(commands, fc.constantFrom('INC0012345', 'RITM7'), (command, ticket) => {
        const whole = takesTicket(command) ? withTicket(command, ticket) : command;

        expect(parse(format(whole))).toEqual({ kind: 'command', command: whole });
      }),
      { seed: SEED, numRuns: propertyRuns(300) },
    );
  });

  it('is the same command as its line without the ticket, wherever the ticket is put between the words', () => {
    const lines = [
      'provision isaiah to Salesforce',
      'please provision user Adele Vance into GitHub Enterprise',
      'provision isaiah in Salesforce',
      'provision users adele, isaiah@contoso.com, Lee Gu to Salesforce',
      'provision users to Salesforce: adele@contoso.com isaiah@contoso.com',
      'provision group Sales Team to GitHub with members adele, isaiah',
      'provision isaiah to Salesforce until Friday',
      'request access for isaiah to Concur',
      'request access for isaiah to Concur on 1 December',
      'request access to Concur for isaiah',
      'request access for Lee Gu to Salesforce until 5 May',
    ];
    const ticketed = fc.constantFrom('INC0012345', 'inc0012345', '(INC0012345)', '#INC0012345');

    fc.assert(
      fc.property(fc.constantFrom(...lines), fc.nat(12), ticketed, (line, place, ticket) => {
        const words = line.split(' ');
        const at = Math.min(place, words.length);
        const command = commandOf(line);

        const said = parse([...words.slice(0, at), ticket, ...words.slice(at)].join(' '));

        expect(said).toEqual({ kind: 'command', command: { ...command, ticket: 'INC0012345' } });
      }),
      { seed: SEED, numRuns: propertyRuns(400) },
    );
  });
});
