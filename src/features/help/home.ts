import { deny } from '../../access/policy.ts';
import { wholeLine } from '../../chat/grammar/short-lines.ts';
import { commandsFor } from '../../chat/not-understood.ts';
import { type CommandParts, defineCommand, type HomeSection, type Turn } from '../../chat/registry/define-command.ts';
import { isPossible } from '../../chat/registry/run.ts';
import type { Reply } from '../../chat/reply.ts';
import { isTooSlow, withinMs } from '../../time-limit.ts';
import { homeCard } from './cards/home-card.ts';

/** The caller waits: a part not read by then says so. */
const patienceMs = 2_500;

/** `home`: what waits for the caller, what they asked for, and what is broken. */
async function home(parts: CommandParts, turn: Turn): Promise<Reply> {
  const { caller, words } = turn;
  const sections = parts.registry.homeSections.filter((section) => isFor(parts, turn, section));
  const read = await Promise.all(
    sections.map(async (section) => {
      const part = await withinMs(section.read(parts, turn), patienceMs, parts.store.clock);
      return { section, part: isTooSlow(part) ? null : part };
    }),
  );
  const message = homeCard(words, { name: caller.name, sections: read, commands: commandsFor(parts, caller) });
  return { kind: 'card', inPlace: true, message };
}

function isFor(parts: CommandParts, { caller }: Turn, { verb, isFor: isForCaller }: HomeSection): boolean {
  const { permission } = parts.registry.commands[verb];
  return isPossible(parts, verb) && deny(caller, permission) === null && isForCaller?.(caller) !== false;
}

declare module '../../chat/command.ts' {
  interface Commands {
    home: object;
  }
}

export const homeCommand = defineCommand({
  verb: 'home',
  ...wholeLine({ verb: 'home' }, 'home', 1, 'unquoted'),
  permission: 'history.show',
  chapter: 'about',
  examples: ['home'],
  offeredByTeams: { personal: 11 },
  tryIt: 'home',
  run: home,
});
