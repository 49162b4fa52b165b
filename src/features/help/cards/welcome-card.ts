import type { Messages } from '../../../chat/messages.ts';
import type { WelcomeInput } from '../../../chat/registry/define-command.ts';
import type { CardMessage } from '../../../chat/reply.ts';
import { helpCard } from '../../../chat/views/help-card.ts';
import { firstName, lineButton } from '../../../chat/views/parts.ts';
import { firstStart, startButtons } from '../start-buttons.ts';

/** The first message that a person gets from Usher: a sentence, and what their role most often does. */
export function welcome(
  words: Messages,
  { name, canUse, mustSignIn = false, isKnown = true, commands }: WelcomeInput,
): CardMessage {
  const called = firstName(name ?? '');
  const unable = isKnown ? denialOf(words, mustSignIn) : [words.card('welcome.introUnknown')];
  return helpCard({
    title: called === '' ? words.card('welcome.title') : words.card('welcome.titleNamed', { name: called }),
    intro: canUse ? [words.card('welcome.intro', { first: firstStart(commands) ?? 'none' })] : unable,
    chapters: [],
    typed: [],
    footer: null,
    buttons: canUse ? startButtons(words, commands, 'elsewhere') : lineButton(words, 'button.help', 'help'),
    summary: words.plain('welcome.summary'),
  });
}

function denialOf(words: Messages, mustSignIn: boolean): string[] {
  return mustSignIn
    ? [words.card('welcome.introSignIn'), words.card('welcome.askSignIn')]
    : [words.card('welcome.introDenied'), words.card('welcome.askDenied')];
}
