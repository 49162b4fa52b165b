import { closest } from '../../chat/grammar/closest.ts';
import { readName, writeName } from '../../chat/grammar/names.ts';
import type { JobReading } from '../../chat/jobs/job-words.ts';
import { readJobsOfAll } from '../../chat/jobs/read-jobs.ts';
import { lookForPersonIn } from '../../chat/offers/look-at-line.ts';
import { type CommandParts, defineCommand, type Turn } from '../../chat/registry/define-command.ts';
import { troubleReply } from '../../chat/registry/turn.ts';
import type { Reply } from '../../chat/reply.ts';
import type { Application } from '../../graph/applications.ts';
import { type AppState, apps as appsCard } from './cards/apps-card.ts';

/** One screenful. */
const mostShown = 20;
/** Apps not read by then are shown as unknown. */
const patienceMs = 2_500;

/** `apps [search]`: the apps that commands can name, and how each is set up for provisioning. */
async function apps(parts: CommandParts, turn: Turn, search: string | null): Promise<Reply> {
  const listing = await parts.applications.list();
  if (!listing.ok) return troubleReply(turn.words, listing.trouble);
  const { items, complete } = listing.value;
  const exact = items.filter((app) => search === null || fits(app, search));
  const aboutPerson = search !== null && exact.length === 0 ? await lookForPersonIn(parts, turn, search) : null;
  if (aboutPerson !== null) return aboutPerson;
  const near = search !== null && exact.length === 0 ? nearTo(search, items) : [];
  const fitting = [...exact, ...near];
  const read = await readJobsOfAll(parts, fitting, patienceMs);
  // When the screen cannot hold all, apps with a job are chosen first; the order by name stays.
  const chosen = new Set(
    [...read.filter(({ status }) => status !== 'none'), ...read.filter(({ status }) => status === 'none')]
      .slice(0, mostShown)
      .map(({ app }) => app.id),
  );
  const entries = read
    .filter(({ app }) => chosen.has(app.id))
    .map(({ app: { id, displayName: name, aliases, ends }, status }) => {
      return { id, name, aliases, ends, state: stateOf(status) };
    });
  const found = { entries, count: fitting.length, complete, search, isNear: near.length > 0 };
  return { kind: 'card', message: appsCard(turn.words, found) };
}

/** The apps with the name that was probably meant. */
function nearTo(search: string, items: readonly Application[]): Application[] {
  const name = closest(search, items.flatMap(namesOf));
  return items.filter((app) => name !== null && namesOf(app).includes(name));
}

const namesOf = ({ displayName, aliases }: Application): string[] => [displayName, ...aliases];

function fits(app: Application, search: string): boolean {
  return namesOf(app).some((name) => name.toLowerCase().includes(search.toLowerCase()));
}

function stateOf(reading: JobReading): AppState {
  if (reading === 'none') return 'notConfigured';
  if (reading === 'unread') return 'unknown';
  if (reading === 'appDisabled') return 'appDisabled';
  switch (reading.health.kind) {
    case 'running':
    case 'failing':
      return 'healthy';
    case 'other':
      return 'unknown';
    default:
      return reading.health.kind;
  }
}

declare module '../../chat/command.ts' {
  interface Commands {
    apps: { readonly search: string | null };
  }
}

export const appsCommand = defineCommand({
  verb: 'apps',
  read: (words) => ({ kind: 'command', command: { verb: 'apps', search: readName(words) } }),
  write: ({ search }) => (search === null ? 'apps' : `apps ${writeName(search)}`),
  permission: 'apps.list',
  chapter: 'check',
  examples: ['apps', 'apps sales'],
  offeredByTeams: { personal: 10, team: 11, groupChat: 11 },
  tryIt: 'apps',
  run: (parts, turn, { search }) => apps(parts, turn, search),
});
