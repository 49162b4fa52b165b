import { describe, expect, it } from '@jest/globals';
import { plainText } from '../src/chat/cards/safe-text.ts';
import { readEndDate } from '../src/chat/dates/end-date.ts';
import { findReasonDate } from '../src/chat/dates/reason-date.ts';
import { readSince } from '../src/chat/dates/since-date.ts';
import { readStartDate } from '../src/chat/dates/start-date.ts';
import { addressWithin } from '../src/chat/names/people.ts';
import { typistOf } from '../src/chat/names/person.ts';
import { namesIn } from '../src/chat/names/seek-apps.ts';
import { intentOf } from '../src/chat/offers/intent.ts';
import { remainderOf } from '../src/chat/offers/person-words.ts';
import { asTyped } from '../src/chat/said-reason.ts';
import { readPeopleFile } from '../src/features/provisioning/lists/people-file.ts';
import { readOutcome } from '../src/graph/outcome/read-outcome.ts';
import { logEntrySchema } from '../src/graph/provisioning-log-entry.ts';
import { matchByName } from '../src/graph/user-names.ts';
import { cutOutcome } from '../src/masking/cut-outcome.ts';
import { forTerminal, withoutHidden } from '../src/masking/hidden.ts';
import { maskLabel, maskText } from '../src/masking/mask-text.ts';
import { cleanText } from '../src/teams/text.ts';
import { toIncoming } from '../src/teams/to-incoming.ts';
import { parse } from './support/grammar.ts';
import { type Degenerate, degenerates, growthOf, mostGrowth, nested, type Reader } from './support/growth.ts';

/** Long enough to tell quadratic from linear, and short enough to try each reader with every text. */
const size = 8_000;
const megabyte = 1_000_000;
/** Linear is ten and quadratic a hundred; half a million rows leave the fast part of the heap, which costs twice as much. */
const mostGrowthOfFile = 40;
const reader = { locale: 'en-US', timeZone: 'UTC' };
const now = Date.UTC(2026, 10, 16);
const speaker = { id: 'alex', name: 'Alex', tenantId: 'contoso' };
const bytes = (text: string) => new TextEncoder().encode(text);
const user = {
  id: '1',
  userPrincipalName: 'adele@contoso.com',
  accountEnabled: true,
  userType: 'Member',
  jobTitle: null,
  department: null,
  mail: null,
  mailNickname: 'adele',
  givenName: 'Adele',
  surname: 'Vance',
};
/** Only a line of provisioning may be longer than 4,000. */
const line = (before: string, after = ''): Reader => ({
  name: `a line: ${before}… ${after}`,
  size: before.startsWith('provision') ? size : 3_900,
  read: (text) => parse(`${before}${text}${after}`, { limit: 2 * size }),
});
const file = (name: string, before: string, after = ''): Reader => ({
  name: `a file: ${name}`,
  size: 2 * size,
  read: (text) => readPeopleFile(bytes(`${before}${text}${after}`)),
});
/** A longer text makes more steps and changes: Usher cuts each of their texts before it masks it. */
const answer = (text: string) => ({
  key: JSON.stringify({ result: 'Failure', details: { errorCode: 'x', errorMessage: text } }),
  value: JSON.stringify({
    statusInfo: { status: 'failure', errorCode: 'x', reason: text },
    provisioningSteps: piecesOf(text).map((piece) => ({
      name: piece,
      type: 'scoping',
      status: 'Failure',
      details: { ScopeEvaluationResult: piece, a: piece },
    })),
    modifiedProperties: piecesOf(text).map((piece) => ({ displayName: piece, oldValue: piece, newValue: piece })),
  }),
});
const piecesOf = (text: string) => text.match(/[\s\S]{1,300}/g) ?? [];
const scopeResult = (text: string) =>
  cutOutcome({
    kind: 'notInScope',
    report: {
      steps: [{ name: 'x', description: null, details: { ScopeEvaluationResult: text } }],
      changes: [],
      ...{ changeId: null, subjectLabel: null, sourceSystem: null, targetSystem: null, targetId: null },
    },
  });

const readers: readonly Reader[] = [
  ...[
    '',
    'provision ',
    'provision users ',
    'provision group ',
    'request access for ',
    'access ',
    'check ',
    'status ',
  ].map((before) => line(before)),
  ...['what happened to ', 'history ', 'deny ABCD ', 'help ', 'request access for isaiah to Salesforce because '].map(
    (before) => line(before),
  ),
  line('provision ', ' to Salesforce'),
  line('provision users ', ' to Salesforce'),
  line('provision users for Salesforce '),
  line('provision isaiah to Salesforce until '),
  file('whole', ''),
  file('rows', 'userPrincipalName,name\n'),
  file('in quotes', 'userPrincipalName,name\n"'),
  file('header', '', '\nadele@contoso.com'),
  file('version', '"version:'),
  { name: 'a message', size, read: (text) => cleanText({ text, entities: [], botId: 'bot', botName: 'Usher' }) },
  {
    name: 'mentions',
    size,
    read: (text) =>
      cleanText({
        text,
        entities: [
          { type: 'mention', text: '<at>x</at>', mentioned: { id: '29:x', name: 'x' } },
          { type: 'mention', text: `<at>${text}</at>`, mentioned: { id: '29:1', name: text } },
          { type: 'mention', text: `@${text}`, mentioned: { id: 'bot', name: text } },
        ],
        botId: 'bot',
        botName: text,
      }),
  },
  {
    name: 'card data',
    size,
    read: (text) =>
      toIncoming(
        {
          type: 'invoke',
          value: {
            action: {
              data: { verb: 'submit', form: 'check', on: 'form', picked: text, subject: text, app: text, reason: text },
            },
          },
          locale: text,
          localTimezone: text,
        },
        speaker,
      ),
  },
  { name: 'a start', size: 120, read: (text) => readStartDate(text, reader, now) },
  { name: 'a long start', size, read: (text) => readStartDate(text, reader, now) },
  { name: 'an end', size, read: (text) => readEndDate(text, reader, now) },
  { name: 'since', size, read: (text) => readSince(text, reader, now) },
  { name: 'a reason', size, read: (text) => findReasonDate(`he joins ${text}`, reader, now) },
  { name: 'a reason as it was typed', size: 4_000, read: (text) => asTyped(`because ${text}`, `${text} else`) },
  { name: 'a reason of the line', size: 4_000, read: (text) => asTyped(`x because ${text} x`, 'x') },
  { name: 'an entry of a list', size, read: addressWithin },
  { name: 'what is left over', size, read: remainderOf },
  { name: 'an intent', size, read: intentOf },
  {
    name: 'quotes',
    size,
    read: (text) => typistOf({ speaker, reader, what: { kind: 'text', text, attachments: 0, files: [] } }),
  },
  { name: 'names of apps', size, read: (text) => namesIn(text, (name) => name === 'a, b') },
  { name: 'a name', size, read: (text) => matchByName(text, [{ ...user, displayName: text }], true) },
  { name: 'a text for a card', size, read: (text) => plainText(text, size) },
  { name: 'a text for a terminal', size, read: forTerminal },
  { name: 'what is hidden', size, read: withoutHidden },
  { name: 'an error text', size: 4_256, read: (text) => maskText(text) },
  { name: 'a label', size, read: (text) => maskLabel(text, size) },
  {
    name: 'an answer of Graph',
    size: 4_000,
    read: (text) => cutOutcome(readOutcome(answer(text))),
  },
  { name: 'the result of a scoping filter', size, read: scopeResult },
  {
    name: 'a raw answer of Graph',
    size,
    read: (text) => readOutcome({ key: text, value: text }),
  },
  {
    name: 'an entry of the provisioning log',
    size,
    read: (text) =>
      logEntrySchema.safeParse({ id: '1', provisioningAction: text, provisioningSteps: [{ name: text }] }),
  },
];

const brackets = [
  nested('[', '', ']'),
  nested('{"a":', '1', '}'),
  nested('[{"value":', '"x"', '}]'),
  nested('<div>', 'x', '</div>'),
  nested('<a', '<at>', 't>'),
  nested('(', 'x', ')'),
  nested('"', 'x', '"'),
];

describe('the work for a text from outside', () => {
  it.each(readers)(
    'grows no faster than the text does: $name',
    (one) => {
      const bad = [...degenerates, ...brackets].flatMap((kind) => {
        const growth = growthOf(one, kind);
        return growth === null || growth.factor <= mostGrowth ? [] : [{ kind: kind.name, ...growth }];
      });

      expect(bad).toEqual([]);
    },
    120_000,
  );
});

describe('the largest file that Usher accepts', () => {
  it.each([
    'adele@contoso.com\n',
    ',',
    ' ',
    '\n',
    '\r\n',
    '"',
    '"\n',
    'a"b"\n',
    'a@b.c\n',
    'a,',
    '","',
    ' ,',
    '1. a\n',
  ])(
    'costs no more for a byte than a file a tenth as long does, though it is nothing but %j',
    (unit) => {
      const largest: Reader = { ...file('rows', 'userPrincipalName,name\n'), size: megabyte };
      const kind: Degenerate = {
        name: unit,
        of: (length) => unit.repeat(Math.ceil(length / unit.length)).slice(0, length),
      };

      const growth = growthOf(largest, kind);

      expect(growth?.factor ?? 0).toBeLessThan(mostGrowthOfFile);
    },
    120_000,
  );
});
