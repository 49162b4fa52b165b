import type { Application } from '../../../graph/applications.ts';
import { eachSideBySide } from '../../../graph/side-by-side.ts';
import { withinMs } from '../../../graph/time-limit.ts';
import type { Command } from '../../command.ts';
import type { Reply } from '../../reply.ts';
import type { JobReading } from '../../views/checks/job-words.ts';
import { statusCard } from '../../views/checks/status-card.ts';
import { statusList } from '../../views/checks/status-list.ts';
import { findApplication } from '../target.ts';
import { type CommandParts, refuseUnless, type Turn, troubleReply } from '../turn.ts';

/** Each costs a question to Graph. */
const mostApps = 300;
const sideBySide = 24;
/** Somebody on call waits: what does not come by then is shown as not read. */
const patienceMs = 2_000;
const patienceForAllMs = 6_000;

/** `status [app]`: is it the sync? */
export async function status(
  parts: CommandParts,
  turn: Turn,
  command: Extract<Command, { verb: 'status' }>,
): Promise<Reply> {
  const refusal = await refuseUnless(parts, turn, 'status.show');
  if (refusal !== null) return refusal;
  return command.app === null ? statusOfAll(parts, turn) : statusOfOne(parts, turn, { ...command, app: command.app });
}

async function statusOfOne(
  parts: CommandParts,
  turn: Turn,
  command: Extract<Command, { verb: 'status' }> & { readonly app: string },
): Promise<Reply> {
  const found = await findApplication(parts, turn, command);
  if (found.kind === 'reply') return found.reply;
  const { app } = found;
  const { status: reading, others } = await readJob(parts, app);
  const message = statusCard(turn.words, {
    app: { id: app.id, name: app.displayName },
    status: reading,
    others,
    now: parts.store.clock.now(),
    entraPortalUrl: parts.entraPortal,
  });
  return { kind: 'card', inPlace: true, message };
}

async function statusOfAll(parts: CommandParts, turn: Turn): Promise<Reply> {
  const listing = await parts.applications.list();
  if (!listing.ok) return troubleReply(turn.words, listing.trouble);
  const apps = namedFirst(listing.value.items).slice(0, mostApps);
  const { clock } = parts.store;
  const enoughAt = clock.monotonic() + patienceForAllMs;
  const items = await eachSideBySide(apps, sideBySide, async (app) => {
    const leftMs = Math.min(patienceMs, enoughAt - clock.monotonic());
    const { status: reading } = leftMs > 0 ? await readJob(parts, app, leftMs) : { status: 'unread' as const };
    return { app: { id: app.id, name: app.displayName }, status: reading };
  });
  const more = !listing.value.complete || listing.value.items.length > apps.length;
  const now = clock.now();
  return { kind: 'card', inPlace: true, message: statusList(turn.words, { items, more, now }) };
}

/** How an app's job stands, in time or not at all. What was seen is counted as well. */
export async function readJob(
  parts: CommandParts,
  app: Application,
  limitMs = patienceMs,
): Promise<{ readonly status: JobReading; readonly others: number }> {
  const read = await withinMs(parts.synchronization.findStatus(app.id), limitMs, parts.store.clock);
  if (!read.ok) return { status: 'unread', others: 0 };
  if (read.value.kind === 'none') return { status: 'none', others: 0 };
  parts.jobSeen(app.displayName, read.value.status.health.kind);
  return { status: read.value.status, others: read.value.others.length };
}

/** Those that the installation has named go before the rest of the tenant. */
export function namedFirst(apps: readonly Application[]): Application[] {
  const isNamed = (app: Application) => app.aliases.length > 0 || app.approvers.length > 0;
  return [...apps.filter(isNamed), ...apps.filter((app) => !isNamed(app))];
}
