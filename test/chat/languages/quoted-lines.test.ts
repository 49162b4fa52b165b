import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { type Language, languages, sourceLanguage } from '../../../src/languages.ts';
import { parse } from '../../support/grammar.ts';
import { readIn } from '../../support/lines.ts';

const catalogueOf = (language: Language) =>
  JSON.parse(readFileSync(`src/chat/languages/${language}/messages.json`, 'utf8')) as Readonly<Record<string, string>>;

/** The texts in quotes, with something for each value. A button has a capital, and is no line. */
function quotedIn(text: string): readonly string[] {
  const quoted = [...text.matchAll(/“([^”]*)”|«([^»]*)»/g)].map(([, one, other]) => (one ?? other ?? '').trim());
  return quoted.map((line) =>
    line
      .replace(/^@Usher /, '')
      .replace(/\{(\w+)\}/g, (_, name: string) => (/^(?:id|request)$/.test(name) ? 'R7K3MQ' : 'Salesforce')),
  );
}

/** The verb of a line in English, whole or in part; null for any other text. */
function verbOf(line: string): string | null {
  if (line === 'sign in' || line === 'sign out') return line;
  const parsed = parse(line);
  if (parsed.kind === 'command') return parsed.command.verb;
  return parsed.kind === 'incomplete' ? parsed.verb : null;
}

describe.each(languages.filter((language) => language !== sourceLanguage))(
  'a line that a message quotes in %s',
  (language) => {
    it('says what the quoted line of the English message says', () => {
      const own = catalogueOf(language);

      const wrong = Object.entries(catalogueOf(sourceLanguage)).flatMap(([key, text]) => {
        const read = quotedIn(own[key] ?? '').map((line) => verbIn(language, line));
        return quotedIn(text)
          .filter((line) => !/^[A-Z]/.test(line))
          .map(verbOf)
          .filter((verb) => verb !== null && !read.includes(verb))
          .map((verb) => `${key}: ${verb}`);
      });

      expect(wrong).toEqual([]);
    });
  },
);

/** The verb of a line that is done, in the language or in English; null for any other. */
function verbIn(language: Language, line: string): string | null {
  const said = readIn(language, line);
  if (said === 'unread') return verbOf(line);
  return said.startsWith('says ') ? verbOf(said.replace(/^says (?:\w+: )?/, '')) : null;
}
