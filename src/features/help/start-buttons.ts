import type { SubmitButton } from '../../chat/cards/card-views.ts';
import type { Verb } from '../../chat/command.ts';
import type { MessageKey, Messages } from '../../chat/messages.ts';
import type { CommandHelp } from '../../chat/views/help-card.ts';
import { lineButton } from '../../chat/views/parts.ts';

interface Start {
  readonly verb: Verb;
  readonly title: MessageKey;
  readonly line: string;
}

/** What most callers come for; the first that a caller may do is why they have their role. */
const FIRST: readonly Start[] = [
  { verb: 'provision', title: 'form.provision.title', line: 'provision' },
  { verb: 'pending', title: 'button.pending', line: 'pending' },
  { verb: 'requestAccess', title: 'form.requestAccess.title', line: 'request' },
  { verb: 'status', title: 'button.status', line: 'status' },
];
const SECOND: Start = { verb: 'check', title: 'form.check.title', line: 'check' };
const HOME: Start = { verb: 'home', title: 'button.home', line: 'home' };

/** The verb of the first button; null for a caller who may do none of these. */
export function firstStart(commands: readonly CommandHelp[]): Verb | null {
  return FIRST.find(isAmong(commands))?.verb ?? null;
}

/** The buttons that begin what a caller of these commands most often wants; on `home` itself without that one. */
export function startButtons(
  words: Messages,
  commands: readonly CommandHelp[],
  on: 'home' | 'elsewhere',
): SubmitButton[] {
  const first = FIRST.filter(isAmong(commands)).slice(0, 1);
  const others = [SECOND, ...(on === 'home' ? [] : [HOME])].filter(isAmong(commands));
  return [...first, ...others].flatMap(({ title, line }) => lineButton(words, title, line));
}

const isAmong =
  (commands: readonly CommandHelp[]) =>
  (start: Start): boolean =>
    commands.some(({ verb }) => verb === start.verb);
