import type { Messages } from '../../../chat/messages.ts';
import type { CardMessage } from '../../../chat/reply.ts';
import { type CommandHelp, helpCard } from '../../../chat/views/help.ts';
import { type SayButton, short } from '../../../chat/views/parts.ts';

/** The first message that a person gets from Usher. */
export function welcome(
  words: Messages,
  {
    name,
    canUse,
    mustSignIn = false,
    isKnown = true,
    commands,
    buttons = [],
  }: {
    readonly name: string | null;
    /** Whether the reader has a role. */
    readonly canUse: boolean;
    /** Whether the reader must sign in before that is known. */
    readonly mustSignIn?: boolean;
    /** Whether the reader is known. */
    readonly isKnown?: boolean;
    readonly commands: readonly CommandHelp[];
    readonly buttons?: readonly SayButton[];
  },
): CardMessage {
  const title = name === null ? words.card('welcome.title') : words.card('welcome.titleNamed', { name: short(name) });
  const unable = isKnown ? denialOf(words, mustSignIn) : [words.card('welcome.introUnknown')];
  return helpCard(words, {
    title,
    intro: canUse ? [words.card('welcome.intro')] : unable,
    commands: canUse ? commands : [],
    buttons,
    summary: words.plain('welcome.summary'),
  });
}

function denialOf(words: Messages, mustSignIn: boolean): string[] {
  return mustSignIn
    ? [words.card('welcome.introSignIn'), words.card('welcome.askSignIn')]
    : [words.card('welcome.introDenied'), words.card('welcome.askDenied')];
}
