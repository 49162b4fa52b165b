import { describe, expect, it } from '@jest/globals';
import { DateTime } from 'luxon';
import type { Command, Parsed } from '../../../src/chat/command.ts';
import { readEndDate } from '../../../src/chat/dates/end-date.ts';
import { readStartDate } from '../../../src/chat/dates/start-date.ts';
import { format, parse } from '../../support/grammar.ts';

/** A Wednesday at noon. */
const NOW = Date.parse('2026-11-18T12:00:00Z');
const reader = { locale: 'en-GB', timeZone: 'UTC' };

function commandOf(parsed: Parsed): Command | null {
  return parsed.kind === 'command' ? parsed.command : null;
}

function timesOf(command: Command | null): { readonly start: string | null; readonly end: string | null } {
  if (command?.verb === 'requestAccess') return command;
  return (command !== null && 'term' in command ? command.term : undefined) ?? { start: null, end: null };
}

/** `2026-12-01 … 2027-03-31` of a command. */
function spanOf(command: Command | null): string {
  const { start, end } = timesOf(command);
  const begins = start === null ? null : readStartDate(start, reader, NOW);
  const startsAt = begins?.kind === 'date' ? begins.startsAt : null;
  if (end === null) return 'none';
  const ends = readEndDate(end, reader, NOW, startsAt);
  const from =
    begins === null ? '' : startsAt === null ? begins.kind : DateTime.fromMillis(startsAt, { zone: 'UTC' }).toISODate();
  if (ends.kind !== 'at') return `${from ?? ''} … ${ends.kind}`.trim();
  const at = DateTime.fromMillis(ends.endsAt, { zone: 'UTC' });
  return `${from ?? ''} … ${at.toFormat(ends.hasTime ? 'yyyy-MM-dd HH:mm' : 'yyyy-MM-dd')}`.trim();
}

const said = (command: Command | null) => ({
  people:
    command !== null && 'subject' in command
      ? command.subject
      : command !== null && 'subjects' in command
        ? command.subjects.join()
        : '',
  app: command !== null && 'app' in command ? command.app : '',
});

describe('a line with an end, as people type it', () => {
  it.each([
    ['request access for isaiah to GitHub until 31 March', '… 2027-03-31'],
    ['request access for isaiah to GitHub until 31 march 2027', '… 2027-03-31'],
    ['request access for isaiah to GitHub until March 31st', '… 2027-03-31'],
    ['request access for isaiah to GitHub till Friday', '… 2026-11-20'],
    ['request access for isaiah to GitHub til friday pls', '… 2026-11-20'],
    ['request access for isaiah to GitHub through 31 March', '… 2027-03-31'],
    ['request access for isaiah to GitHub thru friday', '… 2026-11-20'],
    ['request access for isaiah to GitHub up to and including 31 March', '… 2027-03-31'],
    ['request access for isaiah to GitHub ending 31 March', '… 2027-03-31'],
    ['request access for isaiah to GitHub ending on 2027-03-31', '… 2027-03-31'],
    ['request access for isaiah to GitHub, end date 31/03/2027', '… 2027-03-31'],
    ['request access for isaiah to GitHub valid until 31 march', '… 2027-03-31'],
    ['request access for isaiah to GitHub expires 31 march', '… 2027-03-31'],
    ['request access for isaiah to GitHub (until 31 march)', '… 2027-03-31'],
    ['request access for isaiah to GitHub, until 31 march.', '… 2027-03-31'],
    ['REQUEST ACCESS FOR ISAIAH TO GITHUB UNTIL 31 MARCH!!', '… 2027-03-31'],
    ['request access for isaiah to GitHub until 31 March, please', '… 2027-03-31'],
    ['hi, can you please request access for isaiah to GitHub until 31 march, thanks!', '… 2027-03-31'],
    ['request access until 31 march for isaiah to GitHub', '… 2027-03-31'],
    ['request access for isaiah until 31 march to GitHub', '… 2027-03-31'],
    ['request access for isaiah to GitHub until the end of march', '… 2027-03-31'],
    ['request access for isaiah to GitHub until end of year', '… 2026-12-31'],
    ['request access for isaiah to GitHub until the end of the week', '… 2026-11-22'],
    ['request access for isaiah to GitHub until eod', '… 2026-11-18'],
    ['request access for isaiah to GitHub until tomorrow', '… 2026-11-19'],
    ['request access for isaiah to GitHub until tonight', '… 2026-11-18'],
    ['request access for isaiah to GitHub until 29 February', '… 2028-02-29'],
    ['request access for isaiah to GitHub until 18:00', '… 2026-11-18 18:00'],
    ['request access for isaiah to GitHub until 6pm', '… 2026-11-18 18:00'],
    ['request access for isaiah to GitHub until 6 p.m.', '… 2026-11-18 18:00'],
    ['request access for isaiah to GitHub until 6 pm tomorrow', '… 2026-11-19 18:00'],
    ['request access for isaiah to GitHub until tomorrow 18:00', '… 2026-11-19 18:00'],
    ['request access for isaiah to GitHub until 18:00 on friday', '… 2026-11-20 18:00'],
    ['request access for isaiah to GitHub until friday at 5pm', '… 2026-11-20 17:00'],
    ['request access for isaiah to GitHub till noon', '… 2026-11-19 12:00'],
    ['request access for isaiah to GitHub until midnight', '… 2026-11-18'],
    ['request access for isaiah to GitHub for 3 months', '… 2027-02-18'],
    ['request access for isaiah to GitHub for three months', '… 2027-02-18'],
    ['request access for isaiah to GitHub for 2 weeks', '… 2026-12-02'],
    ['request access for isaiah to GitHub for 90 days', '… 2027-02-16'],
    ['request access for isaiah to GitHub for 90d', '… 2027-02-16'],
    ['request access for isaiah to GitHub for 8 hours', '… 2026-11-18 20:00'],
    ['request access for isaiah to GitHub for 8h', '… 2026-11-18 20:00'],
    ['request access for isaiah to GitHub for 8 hrs', '… 2026-11-18 20:00'],
    ['request access for isaiah to GitHub for an hour', '… 2026-11-18 13:00'],
    ['request access for isaiah to GitHub for half an hour', '… 2026-11-18 12:30'],
    ['request access for isaiah to GitHub for a month', '… 2026-12-18'],
    ['request access for isaiah to GitHub for a year', '… 2027-11-18'],
    ['request access for isaiah to GitHub for a year and a half', '… 2028-05-18'],
    ['request access for isaiah to GitHub for one week only', '… 2026-11-25'],
    ['request access for isaiah to GitHub for the next two weeks', '… 2026-12-02'],
    ['request access for isaiah to GitHub for the rest of the year', '… 2026-12-31'],
    ['request access for isaiah to GitHub for up to 30 days', '… 2026-12-18'],
    ['request access for isaiah to GitHub 2 weeks', '… 2026-12-02'],
    ['request access for isaiah for 3 months to GitHub', '… 2027-02-18'],
    ['request access to GitHub for isaiah for 2 weeks', '… 2026-12-02'],
    ['request access for isaiah to GitHub from 1 December until 31 March', '2026-12-01 … 2027-03-31'],
    ['request access for isaiah to GitHub on 1 December for 3 months', '2026-12-01 … 2027-02-28'],
    ['request access for isaiah to GitHub for 3 months from 1 December', '2026-12-01 … 2027-02-28'],
    ['request access for isaiah to GitHub from 1 december to 31 march', '2026-12-01 … 2027-03-31'],
    ['request access for isaiah to GitHub 1-31 december', '2026-12-01 … 2026-12-31'],
    ['request access for isaiah to GitHub from monday to friday', '2026-11-23 … 2026-11-27'],
    ['request access for isaiah to GitHub starting monday for 2 weeks', '2026-11-23 … 2026-12-06'],
    ['request access for isaiah to GitHub on 1 december until 18:00', '2026-12-01 … 2026-12-01 18:00'],
    ['request access for isaiah to GitHub on 31 january for a month', '2027-01-31 … 2027-02-28'],
    ['request access for isaiah to GitHub until further notice', '… endless'],
    ['request access for isaiah to GitHub forever', '… endless'],
    ['request access for isaiah to GitHub for ever', '… endless'],
    ['request access for isaiah to GitHub permanently', '… endless'],
    ['request access permanently for isaiah to GitHub', '… endless'],
    ['request permanent access to GitHub for isaiah', '… endless'],
    ['request access for isaiah to GitHub until yesterday', '… past'],
    ['request access for isaiah to GitHub from 1 December until 2026-11-30', '2026-12-01 … beforeStart'],
    ['request access for isaiah to GitHub until march', '… unreadable'],
    ['request access for isaiah to GitHub until he is back', '… unreadable'],
    ['provision isaiah to GitHub until 31 march', '… 2027-03-31'],
    ['provision user isaiah to GitHub for 8 hours', '… 2026-11-18 20:00'],
    ['provision isaiah in GitHub for 2 weeks', '… 2026-12-02'],
    ['provision isaiah until friday to GitHub', '… 2026-11-20'],
    ['provision isaiah to GitHub permanently', '… endless'],
  ])('%s: %s', (line, expected) => {
    const command = commandOf(parse(line));

    expect(spanOf(command)).toBe(expected);
    expect(said(command)).toEqual({
      people: expect.stringMatching(/^isaiah$/i),
      app: expect.stringMatching(/^github$/i),
    });
    // Written back, it is the same line.
    const again = command === null ? null : commandOf(parse(format(command)));
    expect(again).toEqual(command);
    expect(spanOf(again)).toBe(expected);
  });

  it.each([
    [
      'request access for isaiah to GitHub for 2 hours because he covers for adele',
      { end: '2 hours', reason: 'he covers for adele' },
    ],
    [
      'request access for isaiah to GitHub until 31 march, INC0012345, because of the audit',
      { end: '31 march', ticket: 'INC0012345', reason: 'the audit' },
    ],
    [
      'INC0012345: request access for isaiah to GitHub on 1 December for 3 months because he joins Sales',
      { start: '1 December', end: '3 months', ticket: 'INC0012345', reason: 'he joins Sales' },
    ],
    [
      'request access for isaiah to GitHub until 18:00 INC0012345 because "it breaks until friday"',
      { end: '18:00', ticket: 'INC0012345', reason: 'it breaks until friday' },
    ],
    [
      'request access for isaiah and adele to GitHub, Salesforce until 31 march all or none',
      { subject: 'isaiah and adele', app: 'GitHub, Salesforce', end: '31 march', whole: true },
    ],
    ['request access for isaiah to the Sales kit for 30 days', { app: 'the Sales kit', end: '30 days' }],
    ['request access for isaiah to the for kit for 3 months', { app: 'the for kit', end: '3 months' }],
    ['request access for isaiah to Data for Good for 3 months', { app: 'Data for Good', end: '3 months' }],
    ['request access for isaiah to Until Labs until friday', { app: 'Until Labs', end: 'friday' }],
    ['request access for Till Lindemann to Box till friday', { subject: 'Till Lindemann', end: 'friday' }],
    ['request access for isaiah to Forever Living for 2 weeks', { app: 'Forever Living', end: '2 weeks' }],
  ])('keeps all that the line says besides: %s', (line, parts) => {
    const command = commandOf(parse(line));

    expect(command).toMatchObject(parts);
    expect(command === null ? null : commandOf(parse(format(command)))).toEqual(command);
  });

  it('keeps the people of a list, and the group', () => {
    expect(commandOf(parse('provision users isaiah, adele to GitHub, Box for 2 weeks'))).toMatchObject({
      subjects: ['isaiah', 'adele'],
      app: 'GitHub, Box',
      term: { end: '2 weeks' },
    });
    expect(commandOf(parse('provision group Sales Team to GitHub until 31 march'))).toMatchObject({
      group: 'Sales Team',
      term: { end: '31 march' },
    });
  });
});

describe('a line without an end', () => {
  it.each([
    ['request access for isaiah to Data for Good', 'isaiah', 'Data for Good'],
    ['request access for isaiah to Until Labs', 'isaiah', 'Until Labs'],
    ['request access for isaiah to Forever', 'isaiah', 'Forever'],
    ['request access for isaiah to Forever Living', 'isaiah', 'Forever Living'],
    ['request access for Forever Young to Box', 'Forever Young', 'Box'],
    ['request access for isaiah to Through Thick and Thin', 'isaiah', 'Through Thick and Thin'],
    ['request access for Till Lindemann to Box', 'Till Lindemann', 'Box'],
    ['request access for Max Till Lindemann to Box', 'Max Till Lindemann', 'Box'],
    ['request access to Box for Till Lindemann', 'Till Lindemann', 'Box'],
    ['request access for May Day to Box', 'May Day', 'Box'],
    ['request access to Box for May', 'May', 'Box'],
    ['request access to Box for June', 'June', 'Box'],
    ['request access for April to Monday', 'April', 'Monday'],
    ['request access for isaiah to the for kit', 'isaiah', 'the for kit'],
    ['request access for isaiah to Permanent Records', 'isaiah', 'Permanent Records'],
    ['request access for isaiah to "Live Forever"', 'isaiah', 'Live Forever'],
    ['request access for isaiah to "Leave until Friday"', 'isaiah', 'Leave until Friday'],
    ['request access for isaiah to "for 2 weeks"', 'isaiah', 'for 2 weeks'],
    ['request access for isaiah to "8 hours"', 'isaiah', '8 hours'],
    ['request access for isaiah to 365 Days', 'isaiah', '365 Days'],
    ['request access for isaiah to Hours', 'isaiah', 'Hours'],
    ['request access for isaiah to Day One', 'isaiah', 'Day One'],
    ['request access for isaiah to Week Planner', 'isaiah', 'Week Planner'],
    ['request access for isaiah to End Point', 'isaiah', 'End Point'],
    ['request access for isaiah to Office for Mac', 'isaiah', 'Office for Mac'],
    ['request access for isaiah to Salesforce for Outlook', 'isaiah', 'Salesforce for Outlook'],
    ['request access for isaiah to GitHub on 1 December', 'isaiah', 'GitHub'],
    ['request access for isaiah to GitHub in two weeks', 'isaiah', 'GitHub'],
    ['request access for isaiah to GitHub tomorrow', 'isaiah', 'GitHub'],
    ['request access for isaiah to GitHub since he joins Sales', 'isaiah', 'GitHub'],
    ['request access for isaiah to GitHub because his contract ends on 31 March', 'isaiah', 'GitHub'],
    ['request access for isaiah to GitHub because of the release in the next 2 weeks', 'isaiah', 'GitHub'],
    ['request access for isaiah to GitHub because "he stays until 31 march"', 'isaiah', 'GitHub'],
    ['request access for isaiah to GitHub because "he stays for 3 months"', 'isaiah', 'GitHub'],
    ['request access for isaiah to GitHub because he works here permanently and needs it', 'isaiah', 'GitHub'],
    ['provision adele to Data for Good', 'adele', 'Data for Good'],
    ['provision Max von der Heide to Box', 'Max von der Heide', 'Box'],
    ['provision may to Box', 'may', 'Box'],
    ['provision June to Monday', 'June', 'Monday'],
    ['provision till to Box', 'till', 'Box'],
    ['provision forever to Box', 'forever', 'Box'],
    ['provision adele to Until Labs', 'adele', 'Until Labs'],
    ['provision adele to "until friday"', 'adele', 'until friday'],
    ['provision Ende Mai to Box', 'Ende Mai', 'Box'],
  ])('%s', (line, people, app) => {
    const command = commandOf(parse(line));

    expect(spanOf(command)).toBe('none');
    expect(said(command)).toEqual({ people, app });
    expect(command === null ? null : commandOf(parse(format(command)))).toEqual(command);
  });
});
