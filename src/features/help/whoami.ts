import { defineCommand } from '../../chat/registry/define-command.ts';
import { whoami } from './cards/whoami-card.ts';

export const whoamiCommand = defineCommand({
  verb: 'whoami',
  permission: 'self.show',
  chapter: 'about',
  examples: ['whoami'],
  tryIt: 'whoami',
  run: async (_parts, { words, caller }) => ({ kind: 'card', message: whoami(words, { caller }) }),
});
