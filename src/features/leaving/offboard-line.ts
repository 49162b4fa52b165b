import type { CommandOf } from '../../chat/command.ts';
import { writeApps } from '../../chat/grammar/names.ts';
import { withoutMarksAtTheEnd } from '../../chat/grammar/reasons.ts';
import { incomplete, type Reading } from '../../chat/grammar/rule.ts';
import { readExplained, writeTimed } from '../../chat/grammar/terms.ts';
import { fold, type Word } from '../../chat/grammar/tokens.ts';
import { wordSet } from '../../chat/grammar/word-lists.ts';
import { readPeople, readRemove, writePart } from './remove-line.ts';

/** "offboard <people>"; with "from <apps>" it is a removal. */
const LEADING = wordSet('user users the');

/** The words after "offboard". */
export function readOffboard(words: readonly Word[]): Reading | null {
  return readExplained(words, readUntimed);
}

function readUntimed(words: readonly Word[]): Reading {
  const removal = readRemove(words);
  if (removal?.kind === 'command') return removal;
  const first = words.findIndex((word) => word.quoted || !LEADING.has(fold(word)));
  const said = withoutMarksAtTheEnd(first < 0 ? [] : words.slice(first));
  const subject = readPeople(said);
  return subject === null
    ? incomplete('offboard', 'subject')
    : { kind: 'command', command: { verb: 'offboard', subject, app: null } };
}

export function writeOffboard({ subject, ...said }: CommandOf<'offboard'>): string {
  return writeTimed(`offboard ${writeApps(subject, writePart)}`, said);
}
