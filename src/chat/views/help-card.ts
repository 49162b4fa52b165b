import type { HelpView, Maybe, SubmitButton, Text } from '../cards/card-views.ts';
import { renderCard } from '../cards/render.ts';
import { markdownText } from '../cards/safe-text.ts';
import type { Verb } from '../command.ts';
import { spellingOf } from '../grammar/phrases.ts';
import { DOT } from '../languages/joining.ts';
import type { MessageKey, Messages } from '../messages.ts';
import type { CardMessage } from '../reply.ts';
import { lineButton, MOST_BUTTONS, maybe, short } from './parts.ts';

/** The chapters of the help: by what a person wants, not by role. */
export const chapters = [
  'provision',
  'leaving',
  'check',
  'repair',
  'decide',
  'ask',
  'requests',
  'watch',
  'about',
] as const;
export type Chapter = (typeof chapters)[number];

/** A command that the caller may use. */
export interface CommandHelp {
  readonly verb: Verb;
  readonly chapter: Chapter;
  /** Whole lines, as a caller would type them. */
  readonly examples: readonly string[];
  /** A harmless line for a button that runs it at once; null for commands that change something. */
  readonly tryIt: string | null;
  /** The title of the form that the bare verb opens, where it has one. */
  readonly opens?: MessageKey;
}

/** More than there are commands. */
const MOST_COMMANDS = 60;
const MOST_EXAMPLES = 3;
/** Above this many commands, the help shows the first of each chapter, so that it opens at its beginning. */
const MANY_COMMANDS = 12;
const FIRST_OF_CHAPTER = 2;
const LONGEST_EXAMPLE = 120;
/** The limit for long lists, so that the card stays within Teams' limit. */
const LONGEST_LINE = 80;

export interface HelpInput {
  readonly commands: readonly CommandHelp[];
  /** The word after `help`, or null; `all` for every command. */
  readonly topic: string | null;
  /** Whether people sign in to Usher, and may want to sign out again. */
  readonly signsIn?: boolean;
  /** What the caller probably wants next. */
  readonly buttons?: readonly SubmitButton[];
}

/** What Usher can do for the caller: only commands passed in. */
export function help(words: Messages, { commands, topic, signsIn = false, buttons = [] }: HelpInput): CardMessage {
  const wanted = topic?.trim().toLowerCase();
  const named = commands.find(({ verb }) => verb.toLowerCase() === wanted);
  if (named !== undefined) return helpOnOne(words, named);
  const isAll = wanted === ALL || commands.length <= MANY_COMMANDS;
  const unknown = wanted === ALL ? null : topic;
  const chapters = isAll ? chaptersOf(commands) : mainLines(commands);
  return helpCard({
    title: words.card('help.title'),
    intro: [
      ...(commands.length === 0 ? [words.card('help.nothing')] : []),
      ...(unknown === null ? [] : [words.card('help.noTopic', { topic: short(words.topic(unknown)) })]),
      ...(signsIn ? [words.card('help.signOut')] : []),
    ],
    chapters: chapters.map((members) => ({
      headings: chapterTitle(words, members),
      lines: members.map((command) => commandLine(words, command, LONGEST_LINE)),
    })),
    typed: chapters.flat().map((command) => firstLine(words, command)),
    footer: isAll ? footerText(words, commands) : shortFooter(words),
    buttons: [...buttons, ...(isAll ? [] : lineButton(words, 'button.helpAll', `help ${ALL}`))],
    summary: words.plain('help.summary'),
  });
}

/** What a caller comes for; the buttons lead to the rest. */
function mainLines(commands: readonly CommandHelp[]): readonly (readonly CommandHelp[])[] {
  return chaptersOf(commands.filter(({ chapter }) => chapter !== 'about')).map((members) =>
    members.slice(0, FIRST_OF_CHAPTER),
  );
}

/** The topic that lists every command. */
export const ALL = 'all';

function helpOnOne(words: Messages, command: CommandHelp): CardMessage {
  const { verb, examples, tryIt, opens = null } = command;
  const more = examples
    .slice(1, MOST_EXAMPLES)
    .map((line) => ({ text: markdownText(words.line(line), LONGEST_EXAMPLE) }));
  const spelling = spellingOf(verb);
  const topic = words.topic(spelling);
  return helpCard({
    title: words.card('help.titleTopic', { topic }),
    intro: [],
    chapters: [{ headings: [], lines: [commandLine(words, command, LONGEST_EXAMPLE), ...more] }],
    typed: [firstLine(words, command)],
    footer: words.card('help.footer'),
    buttons: [
      ...(opens === null ? [] : lineButton(words, opens, spelling)),
      ...(tryIt === null ? [] : lineButton(words, 'button.tryIt', tryIt)),
      ...lineButton(words, 'button.helpAll', `help ${ALL}`),
    ],
    summary: words.plain('help.summary'),
  });
}

export interface HelpContent {
  readonly title: string;
  readonly intro: readonly string[];
  readonly chapters: HelpView['chapters'];
  /** Lines to type, plain. */
  readonly typed: readonly string[];
  readonly footer: string | null;
  readonly buttons: readonly SubmitButton[];
  readonly summary: string;
}

/** Draws lines to type, and buttons, below a short text. */
export function helpCard(content: HelpContent): CardMessage {
  const { title, intro, chapters, footer, buttons, summary } = content;
  const card = renderCard('help', {
    // A reader without cards can still read what to type.
    fallbackText: [summary, ...content.typed].join(DOT),
    title,
    intro: intro.map((text) => ({ text })),
    chapters,
    footer: maybe(footer),
    buttons: buttons.slice(0, MOST_BUTTONS),
  });
  return { card, summary };
}

/** The commands in runs of one chapter. */
function chaptersOf(commands: readonly CommandHelp[]): readonly (readonly CommandHelp[])[] {
  return [...Map.groupBy(commands.slice(0, MOST_COMMANDS), ({ chapter }) => chapter).values()];
}

function chapterTitle(words: Messages, [first]: readonly CommandHelp[]): Maybe<Text> {
  return maybe(first === undefined ? null : words.card(`help.chapter.${first.chapter}`));
}

/** What to type, and a few words of what it does. */
function commandLine(words: Messages, command: CommandHelp, limit: number): Text {
  const what = words.plain(`help.${command.verb}`);
  return { text: words.card('help.line', { line: short(words.line(command.examples[0] ?? ''), limit), what }) };
}

const firstLine = (words: Messages, { examples }: CommandHelp): string =>
  short(words.line(examples[0] ?? ''), LONGEST_LINE);

function shortFooter(words: Messages): string {
  return words.sentences([words.card('help.footerShort'), words.card('help.footer')]);
}

function footerText(words: Messages, [first]: readonly CommandHelp[]): string | null {
  if (first === undefined) return null;
  const more = words.card('help.footerMany', { line: words.line(`help ${spellingOf(first.verb)}`) });
  return words.sentences([more, words.card('help.footer')]);
}
