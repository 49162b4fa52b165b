import type { Application } from '../../graph/applications.ts';
import type { JobState } from '../../graph/synchronization.ts';
import type { Reply } from '../reply.ts';
import { type AppState, apps as appsCard } from '../views/apps.ts';
import { type CommandParts, refuseUnless, type Turn, troubleReply } from './turn.ts';

/** As many as a screen holds; each costs a question to Graph. */
const mostShown = 20;

/** `apps [search]`: the applications that can be named, and how each is set up for provisioning. */
export async function apps(parts: CommandParts, turn: Turn, search: string | null): Promise<Reply> {
  const refusal = await refuseUnless(parts, turn, 'apps.list');
  if (refusal !== null) return refusal;
  const listing = await parts.applications.list();
  if (!listing.ok) return troubleReply(turn.words, listing.trouble);
  const fitting = listing.value.items.filter((app) => search === null || fits(app, search));
  const entries = await Promise.all(
    fitting.slice(0, mostShown).map(async (app) => ({
      name: app.displayName,
      aliases: app.aliases,
      state: await stateOf(parts, app),
    })),
  );
  const more = fitting.length > mostShown || !listing.value.complete;
  return { kind: 'card', message: appsCard(turn.words, { entries, more, search }) };
}

function fits(app: Application, search: string): boolean {
  return [app.displayName, ...app.aliases].some((name) => name.toLowerCase().includes(search.toLowerCase()));
}

async function stateOf(parts: CommandParts, app: Application): Promise<AppState> {
  const found = await parts.synchronization.findJob(app.id);
  if (!found.ok) return 'unknown';
  return found.value.kind === 'none' ? 'notConfigured' : describe(found.value.job.state);
}

function describe(state: JobState): AppState {
  switch (state.kind) {
    case 'active':
      return 'healthy';
    case 'other':
      return 'unknown';
    default:
      return state.kind;
  }
}
