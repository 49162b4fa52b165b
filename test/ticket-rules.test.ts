import { describe, expect, it } from '@jest/globals';
import {
  createTickets,
  defaultTicketPattern,
  ticketLink,
  ticketPatternProblem,
  ticketUrlProblem,
} from '../src/ticket-rules.ts';

const plain = createTickets({ pattern: defaultTicketPattern, required: false }, []);

describe('a ticket number', () => {
  it.each([
    ['INC0012345', 'INC0012345'],
    ['ritm0000001', 'RITM0000001'],
    ['Req7', 'REQ7'],
    ['CHG0000001', 'CHG0000001'],
    [' TASK0000001 ', 'TASK0000001'],
  ])('is %j, kept as %s', (typed, kept) => {
    expect(plain.read(typed)).toBe(kept);
  });

  it.each([
    '',
    'INC',
    'INC 0012345',
    'INC-0012345',
    'XINC0012345',
    'INC0012345X',
    'REQ Systems',
    'DEV-7',
    '0012345',
    `INC${'0'.repeat(30)}`,
    'INC1@contoso.com',
  ])('is not %j by default', (typed) => {
    expect(plain.read(typed)).toBeNull();
  });

  it('of a project belongs to the app whose entry names the project', () => {
    const [dev, ops] = [{ ticketProjects: ['DEV'] }, { ticketProjects: ['OPS', 'NET'] }];
    const tickets = createTickets({ pattern: defaultTicketPattern, required: false }, [dev, ops]);

    expect([tickets.read('dev-7'), tickets.read('NET-1'), tickets.read('ABC-1')]).toEqual(['DEV-7', 'NET-1', null]);
    expect([tickets.readFor(dev, 'DEV-7'), tickets.readFor(ops, 'DEV-7')]).toEqual(['DEV-7', null]);
    expect([tickets.readFor(undefined, 'DEV-7'), tickets.readFor(undefined, 'INC1')]).toEqual([null, 'INC1']);
  });

  it('has examples of each shape that an app takes', () => {
    const other = createTickets({ pattern: String.raw`XY\d{3}`, required: false }, []);

    expect(plain.examplesFor({ ticketProjects: ['DEV'] })).toEqual([
      'INC0012345',
      'RITM0012345',
      'REQ0012345',
      'CHG0012345',
      'TASK0012345',
      'DEV-123',
    ]);
    expect(other.examplesFor()).toEqual([String.raw`XY\d{3}`]);
  });
});

describe('a pattern for ticket numbers', () => {
  it.each([
    defaultTicketPattern,
    String.raw`INC\d{7}`,
    String.raw`[A-Z]{2,8}-\d+`,
    String.raw`(INC|REQ)\d+|SR-?\d+`,
    String.raw`\d{6,}`,
    String.raw`#\d{4,6}`,
  ])('may be %s', (pattern) => {
    expect(ticketPatternProblem(pattern)).toBeNull();
  });

  it.each([
    ['(INC', 'is not a regular expression'],
    ['x'.repeat(201), 'is longer than 200 characters'],
    ['(I+)+N', 'is one that could take too long to match'],
    ['(?:IN*)*C', 'is one that could take too long to match'],
    ['(IN|I){2,9}C', 'is one that could take too long to match'],
    [String.raw`\d*\d*\d*\d*\d*X`, 'is one that could take too long to match'],
    [String.raw`(?=INC)\w+`, 'is one that could take too long to match'],
    [String.raw`(INC)\1\d`, 'is one that could take too long to match'],
    [String.raw`\d+`, 'is too wide: it fits other words as well, such as “1”'],
    [String.raw`\w+`, 'is too wide: it fits other words as well, such as “adele”'],
    ['.*', 'is too wide: it fits other words as well, such as “adele”'],
    [String.raw`[\d-]+`, 'is too wide: it fits other words as well, such as “1”'],
  ])('that is %j %s', (pattern, problem) => {
    expect(ticketPatternProblem(pattern)?.problem).toBe(problem);
  });
});

describe('the address of a ticket', () => {
  it.each([
    'https://contoso.service-now.com/nav_to.do?uri=task.do?sysparm_query=number={ticket}',
    'https://contoso.atlassian.net/browse/{ticket}',
    'https://contoso.example:8443/a/{ticket}/b?x=1#top',
  ])('may be %s', (template) => {
    expect(ticketUrlProblem(template)).toBeNull();
  });

  it.each([
    ['http://contoso.example/{ticket}', 'is not an https address'],
    ['javascript:alert({ticket})', 'is not an https address'],
    ['contoso.example/{ticket}', 'is not an https address'],
    ['https://{ticket}', 'may have {ticket} only in the path or after the “?”'],
    ['https://{ticket}.contoso.example/', 'may have {ticket} only in the path or after the “?”'],
    ['https://contoso.example#{ticket}', 'may have {ticket} only in the path or after the “?”'],
    ['https://contoso.example:{ticket}/', 'is not an https address'],
    ['https://{ticket}@contoso.example/', 'holds a user name or a password'],
    ['https://user:pass@contoso.example/{ticket}', 'holds a user name or a password'],
    ['https://contoso.example/', 'needs {ticket} exactly once'],
    ['https://contoso.example/{ticket}?t={ticket}', 'needs {ticket} exactly once'],
    [`https://contoso.example/${'x'.repeat(300)}{ticket}`, 'is longer than 300 characters'],
  ])('is not %s: it %s', (template, problem) => {
    expect(ticketUrlProblem(template)).toBe(problem);
  });

  it('holds the number escaped, and nothing that Markdown or a card would read', () => {
    expect(ticketLink('https://contoso.example/a (b)/{ticket}?x=[{{y}}]$', '#1/2?&)')).toBe(
      'https://contoso.example/a%20%28b%29/%231%2F2%3F%26%29?x=%5B%7B%7By%7D%7D%5D%24',
    );
  });
});
