import { defineCommand } from '../../chat/registry/define-command.ts';
import { whoami } from './cards/whoami-card.ts';

declare module '../../chat/command.ts' {
  interface Commands {
    whoami: object;
  }
}

export const whoamiCommand = defineCommand({
  verb: 'whoami',
  read: (words) => ({ kind: words.length === 0 ? 'command' : 'nearly', command: { verb: 'whoami' } }),
  write: () => 'whoami',
  permission: 'self.show',
  chapter: 'about',
  examples: ['whoami'],
  tryIt: 'whoami',
  run: async (_parts, { words, caller }) => ({ kind: 'card', message: whoami(words, { caller }) }),
});
