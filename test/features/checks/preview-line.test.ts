import { describe, expect, it } from '@jest/globals';
import { format, parse } from '../../support/grammar.ts';

const preview = (subject: string, app: string) => ({ kind: 'command', command: { verb: 'preview', subject, app } });

describe('a preview', () => {
  it.each([
    'preview adele to Salesforce',
    'Preview user adele to Salesforce',
    'preview adele in Salesforce',
    'preview provisioning adele to Salesforce',
    'dry run adele to Salesforce',
    'dry run for adele to Salesforce',
    'simulate adele to Salesforce',
    'what would happen if I provision adele to Salesforce',
    'What would happen if I provision adele to Salesforce?',
    'would adele be in scope of Salesforce',
    'would adele be in scope of Salesforce?',
    'would adele get an account in Salesforce?',
  ])('is asked for by “%s”', (line) => {
    expect(parse(line)).toEqual(preview('adele', 'Salesforce'));
  });

  it.each([
    ['preview adele', 'app'],
    ['preview', 'subject'],
  ])('lacks a part in “%s”', (line, missing) => {
    expect(parse(line)).toMatchObject({ kind: 'incomplete', verb: 'preview', missing });
  });

  it.each(['would you help me', 'would it be possible', 'would adele like Salesforce'])(
    'is not meant by “%s”',
    (line) => {
      expect(parse(line)).not.toMatchObject({ command: { verb: 'preview' } });
    },
  );

  it.each([
    ['adele@contoso.com', 'Salesforce'],
    ['Anh To', 'Data for Good'],
    ['Adele Vance', 'Log in to Box'],
  ])('of %s in %s is read back from its line', (subject, app) => {
    const line = format({ verb: 'preview', subject, app });

    expect(parse(line)).toEqual(preview(subject, app));
  });
});
