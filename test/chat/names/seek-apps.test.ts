import { expect, it } from '@jest/globals';
import { seekApps } from '../../../src/chat/names/seek-apps.ts';
import type { CommandParts } from '../../../src/chat/registry/define-command.ts';
import { fetched } from '../../../src/graph/answer.ts';

it('asks Graph for a few names of a long line at most, where the first is of no app', async () => {
  const asked: string[] = [];
  const applications = {
    list: async () => fetched({ items: [], complete: true }),
    async find(name: string) {
      asked.push(name);
      return fetched({ kind: 'none', known: [] });
    },
  };
  const parts = { applications, kits: { mayBeIn: () => false } } as unknown as CommandParts;
  const names = Array.from({ length: 500 }, (_, index) => `app ${index}`);

  const sought = await seekApps(parts, names.join(', '));

  expect(sought).toMatchObject({ kind: 'none', name: 'app 0', names });
  expect(asked.length).toBeLessThan(20);
});
