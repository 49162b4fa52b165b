import { describe, expect, it } from '@jest/globals';
import { format, parse } from '../../support/grammar.ts';

const whole = (subject: string) => ({ kind: 'command', command: { verb: 'offboard', subject, app: null } });

describe('a line that takes a person out of all their apps', () => {
  it.each([
    ['offboard adele', 'adele'],
    ['Offboard the user adele, please.', 'adele'],
    ['off-board adele@contoso.com', 'adele@contoso.com'],
    ['offboard adele, diego', 'adele, diego'],
    ['offboard "Vance, Adele"', 'Vance, Adele'],
    ['offboard adele from all apps', 'adele'],
    ['revoke all access of adele', 'adele'],
    ['remove all access for Adele Vance', 'Adele Vance'],
  ])('is whole in %j, and read back from its canonical line', (text, subject) => {
    const parsed = parse(text);

    expect(parsed).toEqual(whole(subject));
    expect(parsed.kind === 'command' && parse(format(parsed.command))).toEqual(whole(subject));
  });

  it('is a removal where it names an app', () => {
    expect(parse('offboard adele from Salesforce')).toEqual({
      kind: 'command',
      command: { verb: 'remove', subject: 'adele', app: 'Salesforce' },
    });
  });

  it.each(['terminate adele', 'off board adele', 'ofboard adele'])('is only offered for %j', (text) => {
    expect(parse(text)).toEqual({ kind: 'didYouMean', suggestion: 'offboard adele' });
  });

  it.each(['onboard adele', 'offboarded adele yesterday'])('is none in %j', (text) => {
    expect(parse(text)).not.toMatchObject({ command: { verb: 'offboard' } });
    expect(JSON.stringify(parse(text))).not.toContain('offboard adele');
  });

  it('keeps a ticket number, and a time that it cannot take', () => {
    expect(parse('offboard adele INC0012345')).toMatchObject({ command: { ticket: 'INC0012345' } });
    expect(parse('offboard adele on 1 December')).toMatchObject({
      command: { subject: 'adele', term: { start: '1 December' } },
    });
  });

  it('keeps the reason, and where it has to ask, the rest', () => {
    const term = { start: null, end: null, reason: 'she left' };

    expect(parse('offboard adele, because she left')).toEqual({
      kind: 'command',
      command: { verb: 'offboard', subject: 'adele', app: null, term },
    });
    expect(parse('offboard adele from Salesforce reason: she left')).toMatchObject({
      command: { verb: 'remove', app: 'Salesforce', term },
    });
    expect(parse('remove adele because she left')).toMatchObject({
      kind: 'incomplete',
      missing: 'app',
      said: ['adele'],
    });
  });

  it('asks for the person that it leaves out', () => {
    expect(parse('offboard')).toMatchObject({ kind: 'incomplete', verb: 'offboard', missing: 'subject' });
  });
});
