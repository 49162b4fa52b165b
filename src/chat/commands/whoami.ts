import { defineCommand } from '../registry/define-command.ts';
import { whoami } from '../views/whoami.ts';

export const whoamiCommand = defineCommand({
  verb: 'whoami',
  permission: 'self.show',
  chapter: 'about',
  examples: ['whoami'],
  tryIt: 'whoami',
  run: async (_parts, { words, caller }) => ({ kind: 'card', message: whoami(words, { caller }) }),
});
