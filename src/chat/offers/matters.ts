import { matterIn } from '../grammar/asides.ts';
import type { CommandParts, Turn } from '../registry/define-command.ts';
import { missingFor } from '../registry/run.ts';
import type { Reply } from '../reply.ts';
import { mentionsIn } from './app-mentions.ts';
import { offer } from './offer.ts';

/**
 * Offers the line that shows what a sentence about one's own matters is about, and tells who decides on an app. Null for
 * other lines, also for one of these that names an app: the rest of the second reading knows more.
 */
export async function lookAtMatter(parts: CommandParts, turn: Turn, line: string): Promise<Reply | null> {
  const asksWho = ASKS_WHO_DECIDES.test(line);
  const matter = matterIn(line, turn.words.language);
  if (turn.caller.roles.length === 0 || (matter === null && !asksWho)) return null;
  const listing = await parts.applications.list();
  const [app, second] = listing.ok ? mentionsIn(line, listing.value.items, false) : [];
  if (asksWho && app !== undefined && second === undefined) {
    const found = await parts.applications.find(app.name);
    if (found.ok && found.value.kind === 'one') return parts.registry.approversOf(parts, turn, found.value.app);
  }
  if (app !== undefined || matter === null) return null;
  for (const text of matter.lines) {
    const parsed = parts.grammar.parse(text);
    if (parsed.kind !== 'command' || (await missingFor(parts, turn, parsed.command)) !== null) continue;
    return offer(parts, turn, { guesses: [{ command: parsed.command }], leftOut: [], said: matter.said });
  }
  return null;
}

/** "who approves salesforce", "who are the approvers for github" */
const ASKS_WHO_DECIDES =
  /\bwho\b.*\b(?:approves?|approvers?|decides?|signs? off)\b|^\W*approvers?\b|\bqui\b.*\b(?:approuve|approuver|valide|valider|décide)\b|^\W*(?:les )?approbateurs?\b/i;
