import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Command } from '../../../../src/chat/command.ts';
import { englishDay } from '../../../../src/chat/grammar/translating/day-writing.ts';
import { linesIn } from '../../../../src/chat/grammar/translating/line-data.ts';
import { toEnglish } from '../../../../src/chat/grammar/translating/to-english.ts';
import { writeLine } from '../../../../src/chat/grammar/translating/write-line.ts';
import { registry } from '../../../../src/features/registry.ts';
import { type Language, languages, sourceLanguage } from '../../../../src/languages.ts';
import { anyCommand } from '../../../support/any-command.ts';
import { format, parse, ticketsIn } from '../../../support/grammar.ts';
import { propertyRuns } from '../../../support/property-runs.ts';

const SEED = 20261128;
const others = languages.filter((language) => language !== sourceLanguage && linesIn(language).patterns.length > 0);

/** The command with its days in the words of the language, in which they are written. */
function withOwnDays(command: Command, language: Language): Command {
  const text = JSON.stringify(command, (key, value: unknown) =>
    ['start', 'end', 'since'].includes(key) && typeof value === 'string'
      ? (englishDay(value, linesIn(language)) ?? value)
      : value,
  );
  return JSON.parse(text) as Command;
}

/** English itself writes a lone quote, as a day, in a way that is read only as English. */
const isOdd = (command: Command) =>
  JSON.stringify(command).includes('"start":"\\""') || format(command) === 'unwatch me';

describe.each(others)('a line that Usher writes in %s', (language) => {
  it('reads back as the same command, whatever the names hold', () => {
    fc.assert(
      fc.property(
        anyCommand.filter((command) => !isOdd(command)),
        (meant) => {
          const line = writeLine(format(meant), language);

          const read = toEnglish(line, language, { parse, ticketsIn });

          const english = read === null ? line : read.kind === 'sure' ? read.line : `only offered: ${line}`;
          const wanted = read === null ? meant : withOwnDays(meant, language);
          expect(parse(english)).toEqual({ kind: 'command', command: wanted });
        },
      ),
      { seed: SEED, numRuns: propertyRuns(3000) },
    );
  });

  it('holds no English word of the line, for the examples of every command', () => {
    const same = Object.values(registry.commands).flatMap(({ examples }) =>
      examples.filter((line) => writeLine(line, language) === line),
    );

    expect(same.filter((line) => !line.startsWith('kits') && !/^(?:status|idioma)/.test(line))).toEqual([]);
  });

  it('reads back as the example that it stands for', () => {
    const examples = Object.values(registry.commands).flatMap((command) => command.examples);
    const verbOf = (line: string) => {
      const parsed = parse(line);
      return parsed.kind === 'command' ? parsed.command.verb : parsed.kind;
    };

    const wrong = examples.filter((line) => {
      const read = toEnglish(writeLine(line, language), language, { parse, ticketsIn });
      return read?.kind !== 'sure' || verbOf(read.line) !== verbOf(line);
    });

    expect(wrong).toEqual([]);
  });
});
