import type { CommandOf } from '../../chat/command.ts';
import type { JobReading } from '../../chat/jobs/job-words.ts';
import { isTroubled, readJob, readJobsOfAll } from '../../chat/jobs/read-jobs.ts';
import { findApplication, mayRepair } from '../../chat/names/target.ts';
import { formInput } from '../../chat/registry/command-form.ts';
import { type CommandParts, defineCommand, type Turn } from '../../chat/registry/define-command.ts';
import type { CommandForm } from '../../chat/registry/form-declaration.ts';
import { troubleReply } from '../../chat/registry/turn.ts';
import type { Reply } from '../../chat/reply.ts';
import { withForm } from '../../chat/views/form-card.ts';
import { isTooManyDeletes } from '../../chat/views/quarantine.ts';
import { viewpointOf } from '../../chat/views/viewpoint.ts';
import { fetched } from '../../graph/answer.ts';
import { isTooSlow, withinMs } from '../../time-limit.ts';
import { type StatusCardInput, statusCard } from './cards/status-card.ts';
import { statusList } from './cards/status-list.ts';
import { readHowIs, readIsHealthy, readStatus, readWhichAre, readWrongWith, writeStatus } from './status-line.ts';

/** An on-call reader waits: an app not read by then is shown as unread. */
const patienceForAllMs = 6_000;

/** `status [app]`: is it the sync? */
async function status(parts: CommandParts, turn: Turn, command: CommandOf<'status'>): Promise<Reply> {
  return command.app === null ? statusOfAll(parts, turn) : statusOfOne(parts, turn, { ...command, app: command.app });
}

async function statusOfOne(
  parts: CommandParts,
  turn: Turn,
  command: CommandOf<'status'> & { readonly app: string },
): Promise<Reply> {
  const found = await findApplication(parts, turn, command);
  if (found.kind === 'reply') return found.reply;
  const { app } = found;
  const { status: reading, others, trouble } = await readJob(parts, app);
  if (trouble !== null) return troubleReply(turn.words, trouble);
  const [heldBack, past, pauses] = await Promise.all([
    heldBackIn(parts, reading),
    pastQuarantines(parts, app.id, reading),
    parts.registry.pausesIn(parts, turn.words, app.id),
  ]);
  const message = statusCard(turn.words, {
    app: { id: app.id, name: app.displayName },
    ...{ status: reading, others, ...heldBack, past, pauses },
    canRepair: mayRepair(parts, turn),
    now: parts.store.clock.now(),
    entraPortalUrl: parts.entraPortal,
    viewpoint: await viewpointOf(parts, turn.caller, turn.incoming.place.kind === 'personal'),
  });
  return { kind: 'card', inPlace: true, message };
}

const dayMs = 24 * 60 * 60_000;
/** As far as the audit log reaches back. */
const pastMs = 30 * dayMs;

/** The app's quarantines before the present one, newest first, where the audit log may be read and tells in time. */
async function pastQuarantines(
  { jobs, store: { clock } }: CommandParts,
  appId: string,
  reading: JobReading,
): Promise<readonly number[]> {
  if (typeof reading === 'string' || reading.health.kind !== 'quarantined') return [];
  const { since } = reading.health.quarantine;
  const read = await withinMs(jobs.quarantineHistory(appId, clock.now() - pastMs), heldBackPatienceMs, clock);
  if (isTooSlow(read) || read.kind !== 'read') return [];
  // The log's entry of the present one may be a little later than the job says.
  const before = (since ?? clock.now()) - dayMs / 2;
  return read.quarantines.map(({ at }) => at).filter((at) => at < before);
}

/** The status has been read by then, and its reader waits. */
const heldBackPatienceMs = 1_500;

/** Whose deletions the job holds back, where the provisioning log tells in time. */
async function heldBackIn(
  { provisioningLog, store }: CommandParts,
  reading: JobReading,
): Promise<Pick<StatusCardInput, 'heldBack'>> {
  if (typeof reading === 'string' || reading.health.kind !== 'quarantined') return {};
  const { reason, since } = reading.health.quarantine;
  if (!isTooManyDeletes(reason) || since === null) return {};
  const { clock } = store;
  // The job goes into quarantine when it has counted them.
  const log = provisioningLog.readHeldBack(reading.id, since - cycleMs, clock.now());
  const read = await withinMs(log.then(fetched), heldBackPatienceMs, clock);
  if (!read.ok || read.value.kind !== 'read') return {};
  const { entries, complete: isComplete } = read.value;
  const count = new Set(entries.map(({ id, objectIds: [first] }) => first ?? id)).size;
  return { heldBack: { count, isComplete } };
}

/** No cycle that ends takes longer. */
const cycleMs = 24 * 3_600_000;

async function statusOfAll(parts: CommandParts, turn: Turn): Promise<Reply> {
  const listing = await parts.applications.list();
  if (!listing.ok) return troubleReply(turn.words, listing.trouble);
  const read = await readJobsOfAll(parts, listing.value.items, patienceForAllMs);
  // A list of nothing but "could not be read" would hide the reason.
  const trouble = read.every(({ status: reading }) => reading === 'unread') ? read.find(isTroubled)?.trouble : null;
  if (trouble) return troubleReply(turn.words, trouble);
  const items = read.map(({ app, status: reading, others }) => ({
    app: { id: app.id, name: app.displayName },
    status: reading,
    others,
  }));
  const now = parts.store.clock.now();
  const list = statusList(turn.words, { items, listComplete: listing.value.complete, now });
  const form = await formInput(parts, turn, { verb: 'status', form: statusForm });
  return { kind: 'card', inPlace: true, message: form.ok ? withForm(turn.words, list, form.value) : list };
}

declare module '../../chat/command.ts' {
  interface Commands {
    /** The synchronization state of one app, or of all. */
    status: { readonly app: string | null };
  }
}

/** Below the list of all apps. */
const statusForm: CommandForm = {
  fields: { app: 'required' },
  toCommand: ({ app }) => ({ verb: 'status', app }),
};

export const statusCommand = defineCommand({
  verb: 'status',
  questions: { howIs: readHowIs, isHealthy: readIsHealthy, whichAre: readWhichAre, wrongWith: readWrongWith },
  read: readStatus,
  write: writeStatus,
  permission: 'status.show',
  chapter: 'check',
  examples: ['status', 'status Salesforce'],
  offeredByTeams: { personal: 4, team: 1, groupChat: 4 },
  tryIt: 'status',
  form: statusForm,
  run: status,
});
