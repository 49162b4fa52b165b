import type { Messages } from '../../../chat/messages.ts';
import type { WelcomeInput } from '../../../chat/registry/define-command.ts';
import type { CardMessage } from '../../../chat/reply.ts';
import { helpCard } from '../../../chat/views/help-card.ts';
import { short } from '../../../chat/views/parts.ts';

/** The first message that a person gets from Usher. */
export function welcome(
  words: Messages,
  { name, canUse, mustSignIn = false, isKnown = true, commands }: WelcomeInput,
): CardMessage {
  const title = name === null ? words.card('welcome.title') : words.card('welcome.titleNamed', { name: short(name) });
  const unable = isKnown ? denialOf(words, mustSignIn) : [words.card('welcome.introUnknown')];
  return helpCard(words, {
    title,
    intro: canUse ? [words.card('welcome.intro')] : unable,
    commands: canUse ? commands : [],
    buttons: [],
    summary: words.plain('welcome.summary'),
  });
}

function denialOf(words: Messages, mustSignIn: boolean): string[] {
  return mustSignIn
    ? [words.card('welcome.introSignIn'), words.card('welcome.askSignIn')]
    : [words.card('welcome.introDenied'), words.card('welcome.askDenied')];
}
