import type { CommandOf } from '../../../chat/command.ts';
import { writeCheckName } from '../../../chat/grammar/check-names.ts';
import { readName, writeApps } from '../../../chat/grammar/names.ts';
import { incomplete, type Reading } from '../../../chat/grammar/rule.ts';
import { fold, type Word } from '../../../chat/grammar/tokens.ts';
import { wordSet } from '../../../chat/grammar/word-lists.ts';
import { readCheck } from '../check-line.ts';

/** "preview <person> to <app>", which splits like "check <person> in <app>". */
export function readPreview(words: readonly Word[]): Reading | null {
  const reading = readCheck(words);
  if (reading === null) return null;
  if (reading.kind === 'incomplete') return incomplete('preview', reading.missing, words);
  if (reading.command.verb !== 'check') return null;
  const { subject, app } = reading.command;
  if (app === null) return incomplete('preview', 'app', words);
  return { kind: reading.kind, command: { verb: 'preview', subject, app } };
}

const BECOMING = wordSet('be get');
const GIVEN = wordSet('scope provisioned created synced account access');
const AMONG = wordSet('of for in to into');

/** The words after "would": "adele be in scope of Salesforce", "adele get an account in Salesforce". */
export function readWould(words: readonly Word[]): Reading | null {
  const becoming = words.findIndex((word) => BECOMING.has(fold(word)));
  const among = words.findLastIndex((word) => AMONG.has(fold(word)));
  if (becoming < 1 || !words.slice(becoming, among).some((word) => GIVEN.has(fold(word)))) return null;
  const subject = readName(words.slice(0, becoming));
  const app = readName(words.slice(among + 1));
  return subject === null || app === null ? null : { kind: 'command', command: { verb: 'preview', subject, app } };
}

export function writePreview({ subject, app }: CommandOf<'preview'>): string {
  return `preview ${writeCheckName(subject)} to ${writeApps(app, writeCheckName)}`;
}
