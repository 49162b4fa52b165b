import type { CommandOf } from '../../chat/command.ts';
import { readEntries } from '../../chat/grammar/entries.ts';
import { readName } from '../../chat/grammar/names.ts';
import { incomplete, type Reading } from '../../chat/grammar/rule.ts';
import { type Parts, splitAtSeparator } from '../../chat/grammar/separators.ts';
import { readTimed, writeTimed, writeTimedName } from '../../chat/grammar/terms.ts';
import { fold, type Word } from '../../chat/grammar/tokens.ts';
import { writeNames } from './list-line.ts';

type GroupCommand = CommandOf<'provisionGroup'>;

/** `with`, or `with [only] [the] members`, and the words on either side. */
interface Marked {
  readonly before: readonly Word[];
  readonly after: readonly Word[];
  /** It says "members"; a bare "with" may be part of a name. */
  readonly plain: boolean;
}

const ARTICLES: ReadonlySet<string> = new Set(['the', 'only', 'just', 'its', 'these']);
const MEMBERS: ReadonlySet<string> = new Set(['members', 'member', 'users', 'user', 'people']);

/**
 * The words after "provision group". The members follow the app or, with the word "members", stand between the group
 * and the app. Where both are possible, the reading is only offered.
 */
export function readProvisionGroup(words: readonly Word[]): Reading {
  return readTimed(words, readUntimed);
}

function readUntimed(words: readonly Word[]): Reading<GroupCommand> {
  const marks = marksIn(words);
  const behind = marks.find(({ before }) => isWhole(splitAtSeparator(before)));
  const between = marks.find(({ plain, after }) => plain && isWhole(splitAtSeparator(after)));

  if (behind !== undefined) {
    const doubtful = isWhole(splitAtSeparator(behind.after));
    return build(splitAtSeparator(behind.before), behind.after, doubtful ? 'nearly' : 'command');
  }
  if (between !== undefined) {
    const parts = splitAtSeparator(between.after);
    return build(parts === null ? null : { ...parts, before: between.before }, parts?.before ?? [], 'command');
  }
  const [mark] = marks.filter(({ plain }) => plain);
  if (mark !== undefined)
    return readName(mark.before) === null ? incomplete('provisionGroup', 'subject') : halfOf(mark);
  const parts = splitAtSeparator(words);
  return parts === null && readName(words) !== null
    ? incomplete('provisionGroup', 'app')
    : build(parts, null, 'command');
}

export function writeProvisionGroup({ group, members, app, ...said }: GroupCommand): string {
  const withMembers = members === null ? '' : ` with members ${writeNames(members)}`;
  return writeTimed(`provision group ${writeTimedName(group)}${withMembers} to ${writeTimedName(app)}`, said);
}

function marksIn(words: readonly Word[]): Marked[] {
  const marks: Marked[] = [];
  for (const [at, word] of words.entries()) {
    if (fold(word) !== 'with') continue;
    let end = at + 1;
    while (ARTICLES.has(fold(words[end]))) end += 1;
    const plain = MEMBERS.has(fold(words[end]));
    marks.push({ before: words.slice(0, at), after: words.slice(plain ? end + 1 : end), plain });
    // Each is tried as the intended one; no real line has so many.
    if (marks.length === 8) break;
  }
  return marks;
}

/** Members without an app, or the word without any name after it. */
function halfOf({ after }: Marked): Reading<GroupCommand> {
  const parts = splitAtSeparator(after);
  return incomplete('provisionGroup', parts === null || readName(parts.after) === null ? 'app' : 'subject');
}

function isWhole(parts: Parts | null): boolean {
  return parts !== null && readName(parts.before) !== null && readName(parts.after) !== null;
}

function build(
  parts: Parts | null,
  memberWords: readonly Word[] | null,
  kind: 'command' | 'nearly',
): Reading<GroupCommand> {
  const group = readName(parts?.before ?? []);
  const app = readName(parts?.after ?? []);
  const entries = memberWords === null ? null : readEntries(memberWords);
  const members = entries?.map((entry) => entry.text) ?? null;
  if (group === null || members?.length === 0) return incomplete('provisionGroup', 'subject');
  if (app === null) return incomplete('provisionGroup', 'app');
  const isGuess = entries?.some((entry) => entry.isDoubtful) === true;
  return { kind: isGuess ? 'nearly' : kind, command: { verb: 'provisionGroup', group, members, app } };
}
