import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Command } from '../../../src/chat/command.ts';
import { format } from '../../../src/chat/grammar/format.ts';
import { parse } from '../../../src/chat/grammar/parse.ts';

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
    [{ verb: 'apps', search: null }, 'apps'],
    [{ verb: 'apps', search: 'sales' }, 'apps sales'],
    [{ verb: 'whoami' }, 'whoami'],
    [{ verb: 'help', topic: null }, 'help'],
    [{ verb: 'help', topic: 'provision' }, 'help provision'],
  ])('of %j is %s', (command, line) => {
    expect(format(command)).toBe(line);
  });

  it('reads back as the command, whatever the names hold', () => {
    const word = fc.oneof(
      fc.constantFrom(
        ...[
          'to',
          'TO',
          'in',
          'into',
          'for',
          'user',
          'the',
          'me',
          'please',
          'thanks',
          'you',
          'asap',
          'help',
          'provision',
        ],
        ...[
          '"',
          '""',
          '“',
          '”',
          '«',
          "'",
          '’',
          '`',
          '?',
          '!',
          '.',
          ',',
          '@',
          '<',
          '>',
          'a@b.c',
          'mailto:a@b',
          '@adele',
        ],
        ...['CN=a', 'DC=b', '\n', '\t', '  ', '\u00a0', '🙂', '\ud800', "O'Brien", 'Zoë', '李', 'İ', 'apps', 'regards'],
      ),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
    );
    const name = fc
      .tuple(fc.array(word, { minLength: 1, maxLength: 5 }), fc.constantFrom('', ' ', '\n'))
      .map(([words, gap]) => words.join(gap))
      .filter((text) => text.trim() !== '');
    const command: fc.Arbitrary<Command> = fc.oneof(
      fc.record({ verb: fc.constant('provision' as const), subject: name, app: name }),
      fc.record({ verb: fc.constant('apps' as const), search: fc.option(name) }),
      fc.record({ verb: fc.constant('help' as const), topic: fc.option(name) }),
      fc.constant({ verb: 'whoami' as const }),
    );

    fc.assert(
      fc.property(command, (meant) => {
        expect(parse(format(meant))).toEqual({ kind: 'command', command: meant });
      }),
      { seed: SEED, numRuns: 8000 },
    );
  });
});
