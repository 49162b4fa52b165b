import type { CommandOf } from '../../chat/command.ts';
import { isTroubled, readJob, readJobsOfAll } from '../../chat/jobs/read-jobs.ts';
import { findApplication } from '../../chat/names/target.ts';
import { formInput } from '../../chat/registry/command-form.ts';
import { type CommandParts, defineCommand, type Turn } from '../../chat/registry/define-command.ts';
import type { CommandForm } from '../../chat/registry/form-declaration.ts';
import { troubleReply } from '../../chat/registry/turn.ts';
import type { Reply } from '../../chat/reply.ts';
import { withForm } from '../../chat/views/form-card.ts';
import { viewpointOf } from '../../chat/views/viewpoint.ts';
import { statusCard } from './cards/status-card.ts';
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
  const message = statusCard(turn.words, {
    app: { id: app.id, name: app.displayName },
    status: reading,
    others,
    now: parts.store.clock.now(),
    entraPortalUrl: parts.entraPortal,
    viewpoint: await viewpointOf(parts, turn.caller, turn.incoming.place.kind === 'personal'),
  });
  return { kind: 'card', inPlace: true, message };
}

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
