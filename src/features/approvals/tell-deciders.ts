import type { CommandParts, Turn } from '../../chat/registry/define-command.ts';
import type { Reply } from '../../chat/reply.ts';
import type { Application } from '../../graph/applications.ts';
import { decidersOf, someDeciders } from './deciders.ts';
import { say } from './problems.ts';

/** Tells who decides on access to an app. */
export async function tellDeciders(parts: CommandParts, { words }: Turn, app: Application): Promise<Reply> {
  const { people, others } = someDeciders(await decidersOf(parts, app), []);
  if (people.length === 0 && others.length === 0) return say(words, { kind: 'noApprovers', app: app.displayName });
  return say(words, { kind: 'approversAre', app: app.displayName, people: people.map(({ name }) => name), others });
}
