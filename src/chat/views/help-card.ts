import type { HelpView, Text } from '../cards/card-views.ts';
import { renderCard } from '../cards/render.ts';
import { markdownText } from '../cards/safe-text.ts';
import type { Verb } from '../command.ts';
import { spellingOf } from '../grammar/phrases.ts';
import type { Messages } from '../messages.ts';
import type { CardMessage } from '../reply.ts';
import { lineButton, maybe, type SayButton, sayButtons, short } from './parts.ts';

/** The chapters of the help: by what a person wants, not by role. */
export const chapters = ['provision', 'check', 'decide', 'ask', 'requests', 'watch', 'about'] as const;
export type Chapter = (typeof chapters)[number];

/** A command that the caller may use. */
export interface CommandHelp {
  readonly verb: Verb;
  readonly chapter: Chapter;
  /** Whole lines, as a caller would type them. */
  readonly examples: readonly string[];
  /** A harmless line for a button that runs it at once; null for commands that change something. */
  readonly tryIt: string | null;
}

/** More than there are commands. */
const MOST_COMMANDS = 40;
const MOST_EXAMPLES = 3;
/** Above this many commands, the help is grouped by chapters with one example each; `help COMMAND` tells more. */
const MANY_COMMANDS = 8;
const LONGEST_EXAMPLE = 120;
/** The limit for long lists, so that the card stays within Teams' limit. */
const LONGEST_LINE = 80;

/**
 * What Usher can do for the caller: exactly the commands passed in.
 *
 * @param topic the word after `help`, or null. With a topic that is a command, pass in only that command.
 * @param signsIn whether people sign in to Usher, and may want to sign out again
 */
export function help(
  words: Messages,
  {
    commands,
    topic,
    signsIn = false,
  }: { readonly commands: readonly CommandHelp[]; readonly topic: string | null; readonly signsIn?: boolean },
): CardMessage {
  const named =
    topic === null ? undefined : commands.find(({ verb }) => verb.toLowerCase() === topic.trim().toLowerCase());
  return helpCard(words, {
    title:
      named === undefined ? words.card('help.title') : words.card('help.titleTopic', { topic: spellingOf(named.verb) }),
    intro: [
      helpIntro(words, commands.length > 0, named === undefined ? topic : null),
      ...(signsIn && named === undefined ? [words.card('help.signOut')] : []),
    ],
    commands: named === undefined ? commands : [named],
    buttons: [],
    summary: words.plain('help.summary'),
  });
}

function helpIntro(words: Messages, hasCommands: boolean, unknownTopic: string | null): string {
  if (!hasCommands) return words.card('help.nothing');
  return unknownTopic === null ? words.card('help.intro') : words.card('help.noTopic', { topic: short(unknownTopic) });
}

export interface HelpContent {
  readonly title: string;
  readonly intro: readonly string[];
  readonly commands: readonly CommandHelp[];
  readonly buttons: readonly SayButton[];
  readonly summary: string;
}

/** Draws a list of commands below a short text. */
export function helpCard(words: Messages, content: HelpContent): CardMessage {
  const commands = content.commands.slice(0, MOST_COMMANDS);
  // A reader without cards can still read what to type.
  const lines = commands.flatMap(({ examples }) => examples.slice(0, 1)).map((line) => short(line, LONGEST_LINE));
  const view: HelpView = {
    fallbackText: [content.summary, ...lines].join(' · '),
    title: content.title,
    intro: content.intro.map((text) => ({ text })),
    commands:
      commands.length > MANY_COMMANDS ? chapterEntries(words, commands) : commands.map((one) => entry(words, one)),
    footer: maybe(footer(words, commands)),
    buttons: sayButtons(words, content.buttons),
  };
  return { card: renderCard('help', view), summary: content.summary };
}

type Entry = HelpView['commands'][number];

function entry(words: Messages, { verb, examples, tryIt }: CommandHelp): Entry {
  return {
    text: words.card(`help.${verb}`),
    examples: examples.slice(0, MOST_EXAMPLES).map((line) => exampleText(line, LONGEST_EXAMPLE)),
    tries: tryIt === null ? [] : lineButton(words, 'button.tryIt', tryIt),
  };
}

/** One entry per run of a chapter: a line for each command, and a button for the first harmless one. */
function chapterEntries(words: Messages, commands: readonly CommandHelp[]): Entry[] {
  const found: { chapter: Chapter; commands: CommandHelp[] }[] = [];
  for (const command of commands) {
    const { chapter } = command;
    const last = found.at(-1);
    if (last?.chapter === chapter) last.commands.push(command);
    else found.push({ chapter, commands: [command] });
  }
  return found.map(({ chapter, commands: members }) => {
    const line = members.find(({ tryIt }) => tryIt !== null)?.tryIt ?? null;
    return {
      text: words.card(`help.chapter.${chapter}`),
      examples: members.flatMap(({ examples }) =>
        examples.slice(0, 1).map((example) => exampleText(example, LONGEST_LINE)),
      ),
      tries: line === null ? [] : lineButton(words, 'button.tryLine', line),
    };
  });
}

function footer(words: Messages, commands: readonly CommandHelp[]): string | null {
  const [first] = commands;
  if (first === undefined) return null;
  if (commands.length <= MANY_COMMANDS) return words.card('help.footer');
  return `${words.card('help.footerMany', { line: `help ${spellingOf(first.verb)}` })} ${words.card('help.footer')}`;
}

const exampleText = (line: string, limit: number): Text => ({ text: markdownText(line, limit) });
