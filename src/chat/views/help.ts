import type { HelpView } from '../cards/card-views.ts';
import { renderCard } from '../cards/render.ts';
import { markdownText } from '../cards/safe-text.ts';
import type { Verb } from '../command.ts';
import { spellingOf } from '../grammar/verbs.ts';
import type { CardMessage } from '../reply.ts';
import type { WordKey, Words } from '../words.ts';
import { maybe, type SayButton, sayButtons, short, submitButton } from './parts.ts';

/** A command that the caller may use. */
export interface CommandHelp {
  readonly verb: Verb;
  /** Whole lines, as one would type them. */
  readonly examples: readonly string[];
  /** A line that does no harm, for a button that says it at once; null for commands that change something. */
  readonly tryIt: string | null;
}

const DESCRIPTIONS: Readonly<Record<Verb, WordKey>> = {
  provision: 'help.provision',
  provisionList: 'help.provisionList',
  provisionGroup: 'help.provisionGroup',
  retry: 'help.retry',
  cancel: 'help.cancel',
  requestAccess: 'help.requestAccess',
  accessForm: 'help.accessForm',
  approve: 'help.approve',
  deny: 'help.deny',
  pending: 'help.pending',
  show: 'help.show',
  sendApprovalsHere: 'help.sendApprovalsHere',
  stopSendingApprovals: 'help.stopSendingApprovals',
  apps: 'help.apps',
  whoami: 'help.whoami',
  help: 'help.help',
};

const MOST_COMMANDS = 16;
const MOST_EXAMPLES = 3;
/** Of so many commands one example each is enough; `help COMMAND` shows them all. */
const MANY_COMMANDS = 8;
const LONGEST_EXAMPLE = 120;

/**
 * What Usher can do for whoever asks: exactly the commands passed in.
 *
 * @param topic the word after `help`, or null. With a topic that is a command, pass in that command alone.
 */
export function help(
  words: Words,
  { commands, topic }: { readonly commands: readonly CommandHelp[]; readonly topic: string | null },
): CardMessage {
  const named =
    topic === null ? undefined : commands.find(({ verb }) => verb.toLowerCase() === topic.trim().toLowerCase());
  return helpCard(words, {
    title:
      named === undefined ? words.card('help.title') : words.card('help.titleTopic', { topic: spellingOf(named.verb) }),
    intro: [helpIntro(words, commands.length > 0, named === undefined ? topic : null)],
    commands: named === undefined ? commands : [named],
    buttons: [],
    summary: words.plain('help.summary'),
  });
}

function helpIntro(words: Words, hasCommands: boolean, unknownTopic: string | null): string {
  if (!hasCommands) return words.card('help.nothing');
  return unknownTopic === null ? words.card('help.intro') : words.card('help.noTopic', { topic: short(unknownTopic) });
}

/** The answer to what was not understood: what one could say instead. */
export function notUnderstoodCard(
  words: Words,
  { commands, typed }: { readonly commands: readonly CommandHelp[]; readonly typed: string },
): CardMessage {
  const values = { typed: short(typed) };
  return helpCard(words, {
    title: words.card('problem.unclear.title'),
    intro: [words.card('problem.unclear.happened', values), helpIntro(words, commands.length > 0, null)],
    commands,
    buttons: [],
    summary: words.plain('problem.unclear.happened', values),
  });
}

export interface HelpContent {
  readonly title: string;
  readonly intro: readonly string[];
  readonly commands: readonly CommandHelp[];
  readonly buttons: readonly SayButton[];
  readonly summary: string;
}

/** Draws a list of commands below a few words. */
export function helpCard(words: Words, content: HelpContent): CardMessage {
  const commands = content.commands.slice(0, MOST_COMMANDS);
  // Whoever sees no card can still read what to type.
  const lines = commands.flatMap(({ examples }) => examples.slice(0, 1)).map((line) => short(line, LONGEST_EXAMPLE));
  const mostExamples = commands.length > MANY_COMMANDS ? 1 : MOST_EXAMPLES;
  const view: HelpView = {
    fallbackText: [content.summary, ...lines].join(' · '),
    title: content.title,
    intro: content.intro.map((text) => ({ text })),
    commands: commands.map(({ verb, examples, tryIt }) => ({
      text: words.card(DESCRIPTIONS[verb]),
      examples: examples.slice(0, mostExamples).map((line) => ({ text: markdownText(line, LONGEST_EXAMPLE) })),
      tries:
        tryIt === null ? [] : submitButton(words, 'button.tryIt', { verb: 'run', text: tryIt }, sayLine(words, tryIt)),
    })),
    footer: maybe(commands.length === 0 ? null : words.card('help.footer')),
    buttons: sayButtons(words, content.buttons),
  };
  return { card: renderCard('help', view), summary: content.summary };
}

const sayLine = (words: Words, line: string): string => words.plain('button.runs', { line });
