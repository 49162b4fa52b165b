import { spellingOf } from '../src/chat/grammar/phrases.ts';
import { createMessages, type MessageKey } from '../src/chat/messages.ts';
import type { TeamsScope } from '../src/chat/registry/define-command.ts';
import { registry } from '../src/features/registry.ts';

/** The commands that Teams shows, in one kind of conversation, to a person who begins to write. */
export interface CommandList {
  readonly scopes: readonly TeamsScope[];
  readonly commands: readonly { readonly title: string; readonly description: string }[];
}

const scopes: readonly TeamsScope[] = ['personal', 'team', 'groupChat'];

/** One list for each scope, from the declarations: its commands in their order, each with what it does. */
export function commandLists(): readonly CommandList[] {
  const messages = createMessages('en');
  return scopes.map((scope) => {
    const listed = Object.values(registry.commands).flatMap(({ verb, tryIt, offeredByTeams }) => {
      const rank = offeredByTeams?.[scope];
      if (rank === undefined) return [];
      // The type of `offeredByTeams` takes only verbs that have such a text.
      const description = messages.plain(`teams.${verb}` as MessageKey, { scope });
      return [{ rank, title: tryIt ?? spellingOf(verb), description }];
    });
    const inOrder = listed.toSorted((one, other) => one.rank - other.rank);
    return { scopes: [scope], commands: inOrder.map(({ title, description }) => ({ title, description })) };
  });
}
