import { readSlip, toEnglish } from '../../src/chat/grammar/translating/to-english.ts';
import type { Language } from '../../src/languages.ts';
import { format, parse, ticketsIn } from './grammar.ts';

/** What a line of a language is read as: the canonical English lines, with what is only offered told apart. */
export function readIn(language: Language, line: string): string {
  const english = { parse, ticketsIn };
  const read = toEnglish(line, language, english) ?? readSlip(line, language, english);
  if (read === null) return 'unread';
  const lines = read.kind === 'sure' ? [read.line] : read.lines;
  const canonical = lines.map((one) => {
    const parsed = parse(one);
    return parsed.kind === 'command' ? format(parsed.command) : `${parsed.kind}: ${one}`;
  });
  return `${read.kind === 'sure' ? 'says' : 'may say'} ${canonical.join(' · ')}`;
}
