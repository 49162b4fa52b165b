import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { format, parse } from '../../support/grammar.ts';

const whole = { kind: 'command', command: { verb: 'remove', subject: 'adele', app: 'Salesforce' } };

describe('a line that takes a person out of an app', () => {
  it.each([
    'remove adele from Salesforce',
    'Remove the user adele from Salesforce, please.',
    'unassign adele from Salesforce',
    'deprovision adele from Salesforce',
    'deprovision user adele from Salesforce',
    'revoke access for adele to Salesforce',
    'revoke access to Salesforce for adele',
    'remove access for adele to Salesforce',
    "revoke adele's access to Salesforce",
    'remove adele’s access to Salesforce',
    'remove adele out of Salesforce',
  ])('is whole in %j', (text) => {
    expect(parse(text)).toEqual(whole);
  });

  it.each([
    'remove adele in Salesforce',
    'deprovision adele for Salesforce',
    'take adele out of Salesforce',
    'delete adele from Salesforce',
    'disable adele from Salesforce',
  ])('is only offered for %j', (text) => {
    expect(parse(text)).toEqual({ kind: 'didYouMean', suggestion: 'remove adele from Salesforce' });
  });

  it.each(['all apps', 'all of her apps', 'everything', 'everywhere'])('means all apps of the person by %j', (apps) => {
    expect(parse(`remove adele from ${apps}`)).toEqual({
      kind: 'command',
      command: { verb: 'offboard', subject: 'adele', app: null },
    });
  });

  it('may be about an app that is called like that, in quotes', () => {
    const command = { verb: 'remove', subject: 'adele', app: 'Everything' } as const;

    expect(parse('remove adele from "Everything"')).toEqual({ kind: 'command', command });
    expect(parse(format(command))).toEqual({ kind: 'command', command });
  });

  it('takes each line as a person of its own', () => {
    expect(parse('remove Adele Vance\nDiego from Salesforce')).toMatchObject({
      command: { verb: 'remove', subject: 'Adele Vance, Diego', app: 'Salesforce' },
    });
  });

  it('offers the other order where the address shows it', () => {
    expect(parse('remove Salesforce from adele@contoso.com')).toEqual({
      kind: 'didYouMean',
      suggestion: 'remove adele@contoso.com from Salesforce',
    });
  });

  it.each([
    ['remove', 'subject'],
    ['remove from Salesforce', 'subject'],
    ['remove adele', 'app'],
    ['revoke access', 'subject'],
  ])('asks for what is missing in %j', (text, missing) => {
    expect(parse(text)).toMatchObject({ kind: 'incomplete', verb: 'remove', missing });
  });

  it.each([
    'take a look at salesforce',
    'delete this',
    'removed adele from Salesforce yesterday',
    'disable alerts',
    'move adele to Sales',
  ])('is none in %j', (text) => {
    expect(parse(text)).not.toMatchObject({ kind: 'command' });
    expect(parse(text)).not.toMatchObject({ verb: 'remove' });
  });

  it.each([
    ['remove watch 1f3a9c07', 'removeWatch'],
    ['remove approval place 1f3a9c07', 'removeApprovalChannel'],
  ])('leaves %j what it was', (text, verb) => {
    expect(parse(text)).toMatchObject({ command: { verb } });
  });

  it.each([
    ['remove adele, diego from Salesforce and ServiceNow', 'adele, diego', 'Salesforce and ServiceNow'],
    ['remove Adele Vance and Lee Gu from Data for Good', 'Adele Vance and Lee Gu', 'Data for Good'],
    ['remove "Vance, Adele" from "Out of Office"', 'Vance, Adele', 'Out of Office'],
    ['remove isaiah from Webex, Cisco', 'isaiah', 'Webex, Cisco'],
  ])('takes the people and the apps of %j as they are', (text, subject, app) => {
    expect(parse(text)).toEqual({ kind: 'command', command: { verb: 'remove', subject, app } });
  });

  it('keeps a ticket number, and a time that it cannot take', () => {
    expect(parse('remove adele from Salesforce INC0012345')).toMatchObject({ command: { ticket: 'INC0012345' } });
    expect(parse('remove adele from Salesforce on 1 December')).toMatchObject({
      command: { subject: 'adele', app: 'Salesforce', term: { start: '1 December' } },
    });
  });

  it.each([
    ['remove adele from Salesforce because she left', 'she left'],
    ['remove adele from Salesforce, because she left.', 'she left'],
    ['remove adele from Salesforce reason: she left', 'she left'],
    ['remove adele from Salesforce (because she left)', 'she left'],
    ['remove adele from Salesforce as she left on 30 November', 'she left on 30 November'],
    ['remove adele because "she left" from Salesforce', 'she left'],
    ['revoke adele’s access to Salesforce due to the audit from Monday', 'the audit from Monday'],
  ])('keeps the reason of %j', (text, reason) => {
    const command = { ...whole.command, term: { start: null, end: null, reason } } as const;

    const parsed = parse(text);

    expect(parsed).toEqual({ kind: 'command', command });
    expect(parsed.kind === 'command' && parse(format(parsed.command))).toEqual(parsed);
  });

  it('offers a sentence about the person as the reason, and keeps reason and ticket apart', () => {
    expect(parse('remove adele from Salesforce. She left')).toEqual({
      kind: 'didYouMean',
      suggestion: 'remove adele from Salesforce because She left',
    });
    expect(parse('remove adele from Salesforce INC0012345 because she left')).toMatchObject({
      command: { ...whole.command, ticket: 'INC0012345', term: { reason: 'she left' } },
    });
  });

  it('is read back from its canonical line', () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .filter((text) => /^\S.*\S$|^\S$/.test(text) && !/["“”„«»\n]|\s\s/.test(text));
    const awkward = fc.constantFrom(
      'Out of Office',
      'Anh From',
      'Access Manager',
      'Data for Good',
      'Users',
      'adele, diego',
      'Webex, Cisco',
    );

    fc.assert(
      fc.property(fc.oneof(name, awkward), fc.oneof(name, awkward), (subject, app) => {
        const command = { verb: 'remove', subject, app } as const;

        expect(parse(format(command))).toEqual({ kind: 'command', command });
      }),
    );
  });
});
