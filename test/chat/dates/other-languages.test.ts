import { describe, expect, it } from '@jest/globals';
import { withDaysOfOtherLanguages } from '../../../src/chat/dates/other-languages.ts';
import { format, parse } from '../../support/grammar.ts';

/** A Wednesday. */
const NOW = Date.parse('2026-11-18T12:00:00Z');
const american = { locale: 'en-US', timeZone: 'America/New_York' };

/** The line with the days of other languages; null where it stays as it is. */
function known(line: string, reader = american): string | null {
  const read = parse(line);
  if (read.kind !== 'command') throw new Error(`no command: ${line}`);
  const found = withDaysOfOtherLanguages(read.command, reader, NOW);
  return found === null ? null : format(found.command);
}

describe('a day that the reader’s language does not read, and another one does', () => {
  it.each([
    ['request access for diego to ServiceNow until 31 mars', 'until 2027-03-31'],
    ['request access for diego to ServiceNow until 31 de março', 'until 2027-03-31'],
    ['request access for diego to ServiceNow until 3月31日', 'until 2027-03-31'],
    ['request access for diego to ServiceNow from 1er décembre until 31 mars', 'on 2026-12-01 until 2027-03-31'],
    ['request access for diego to ServiceNow from demain', 'on 2026-11-19'],
    ['provision user diego to Salesforce until 31 mars', 'until 2027-03-31'],
    ['history Salesforce since lundi', 'since 2026-11-16'],
    ['export history since 1er novembre', 'since 2026-11-01'],
    ['extend R7K3MQ until 31 mars', 'until 2027-03-31'],
    ['pause Salesforce until vendredi', 'until 2026-11-20'],
  ])('is given by its number: %s', (line, day) => {
    expect(known(line)).toMatch(new RegExp(`${day}$`));
  });

  it('is read by other readers as well, of whatever language', () => {
    expect(known('request access for diego to ServiceNow until 31 mars', { ...american, locale: 'zh-CN' })).toMatch(
      /until 2027-03-31$/,
    );
  });
});

describe('a line', () => {
  it.each([
    ['has no day', 'request access for diego to ServiceNow'],
    ['has one that its reader reads', 'request access for diego to ServiceNow until 31 March'],
    ['has one that has passed', 'request access for diego to ServiceNow until yesterday'],
    ['has a text that no language reads', 'request access for diego to ServiceNow until soonish'],
    ['has a day alone', 'request access for diego to ServiceNow until 15'],
    ['names a time of day', 'request access for diego to ServiceNow until demain à 18 h'],
    ['removes, which happens at once', 'remove diego from Salesforce on 31 mars'],
  ])('stays as it is where it %s', (_where, line) => {
    expect(known(line)).toBeNull();
  });
});
