import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { LARGEST_CARD_BYTES } from '../../src/chat/cards/render.ts';
import { startTestUsher, type TestUsher } from '../support/usher.ts';

jest.setTimeout(60_000);

let teams: TestUsher;

beforeAll(async () => {
  teams = await startTestUsher({ environment: { PROVISION_LIMIT: '1000', PROVISION_WINDOW_MS: '100' } });
});
afterAll(() => teams.close());

/** What people, phones and attackers put into a message. */
const hostile = [
  '<at>Usher</at> <at>Usher</at>',
  '<script>alert(1)</script>',
  // Put together, since a linter takes it for a template that was meant.
  ['$', '{1+1} $', '{json(x)}'].join(''),
  '{{DATE(2020-01-01T00:00:00Z, SHORT)}}',
  '[click](http://evil.example) **bold** `code`',
  "'; DROP TABLE requests; --",
  '" OR "displayName:',
  'provision "',
  'provision user ../../users to /etc/passwd',
  'provision %00 to %2e%2e',
  'provision adele@contoso.com#EXT#@x to Salesforce',
  'provision CN=Adele Vance,OU=Sales,DC=contoso,DC=com to Salesforce',
  '\u202Egnirts desrever\u202C',
  '🧑‍🚀 provision 🧑‍🚀 to 🚀',
  '\uD800 lone \uDC00',
  '\u00A0\u200B\u00A0',
  'x'.repeat(20_000),
  'provision '.repeat(400),
  '\n\n\n',
];

const words = fc.constantFrom(
  'provision',
  'user',
  'to',
  'for',
  'apps',
  'help',
  'whoami',
  'adele',
  'lee',
  'Salesforce',
  '"',
  '“',
  ',',
  '@',
  '?',
);
/** As `fc.string({ unit: 'binary' })`, which first draws up a table of all code points; and with lone surrogates. */
const anything = fc
  .array(fc.integer({ min: 0, max: 0x10_ff_ff }), { maxLength: 200 })
  .map((points) => String.fromCodePoint(...points));
const message = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...hostile) },
  { weight: 3, arbitrary: anything },
  { weight: 3, arbitrary: fc.array(words, { maxLength: 12 }).map((parts) => parts.join(' ')) },
  {
    weight: 2,
    arbitrary: fc.tuple(words, fc.string({ unit: 'grapheme', maxLength: 40 }), words).map((parts) => parts.join(' ')),
  },
);

describe('five hundred random and hostile messages', () => {
  it('get one polite answer each, and none throws', async () => {
    const messages = fc.sample(message, { seed: 20261121, numRuns: 500 });
    const names = messages.map((_, index) => `fuzz-${index}`);

    for (let start = 0; start < messages.length; start += 40) {
      const part = messages.slice(start, start + 40);
      const statuses = await Promise.all(
        part.map((text, index) =>
          teams.say('alex', text, { conversationId: `fuzz-${start + index}`, kind: 'personal' }),
        ),
      );
      expect(new Set(statuses)).toEqual(new Set([200]));
    }
    await teams.settled();

    const cards = teams.cardsFor();
    expect(cards.map((card) => card.conversationId).sort()).toEqual(names.sort());
    for (const card of cards) {
      expect(card.summary).not.toBe('');
      expect(card.text).not.toMatch(/ at .*\.[jt]s:\d+|Error:|undefined|\[object/);
      expect(card.text).not.toContain('apology');
      expect(Buffer.byteLength(JSON.stringify(card.content))).toBeLessThanOrEqual(LARGEST_CARD_BYTES);
    }
    expect(teams.logLines.filter(({ level }) => Number(level) >= 50)).toEqual([]);
  });
});
