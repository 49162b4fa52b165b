import { basisOf } from '../../access/basis.ts';
import { deny } from '../../access/policy.ts';
import type { CommandOf } from '../../chat/command.ts';
import type { Speaker } from '../../chat/incoming.ts';
import type { Messages } from '../../chat/messages.ts';
import { type CommandParts, defineCommand, type OpenedExport, type Turn } from '../../chat/registry/define-command.ts';
import { onBasis, recordAudit, refuseStranger, troubleReply } from '../../chat/registry/turn.ts';
import type { ExportContext, ExportFile, Reply } from '../../chat/reply.ts';
import { exportOffer, exportOnlyPersonal } from './cards/export-card.ts';
import { auditFile } from './history/audit-file.ts';
import { columns } from './history/texts.ts';
import { readFilter, resolveHistory } from './history.ts';
import { readBareExport, readExport, writeExport } from './history-line.ts';

/** `export history [about] [since]`: the audit log as CSV, including denials, offered as a file in a personal chat. */
async function exportHistory(parts: CommandParts, turn: Turn, command: CommandOf<'exportHistory'>): Promise<Reply> {
  const { words, incoming } = turn;
  if (incoming.place.kind !== 'personal') return { kind: 'card', message: exportOnlyPersonal(words) };
  const filter = await readFilter(parts, turn, command);
  if (filter.kind === 'reply') return filter.reply;
  const { about, since } = filter;
  const file = await makeFile(parts, words, { about, since });
  const now = parts.store.clock.now();
  const offer = exportOffer(words, { fileName: file.fileName, from: since, to: null, now });
  const { name, description } = offer;
  return {
    kind: 'fileOffer',
    offer: { fileName: name, description, sizeBytes: file.sizeBytes, context: { about, since } },
  };
}

/** The file that the caller agreed to store. The permission is checked again, and the export is recorded. */
export async function openExport(
  parts: CommandParts,
  words: Messages,
  speaker: Speaker,
  context: ExportContext,
): Promise<OpenedExport> {
  const refused = (reply: Reply): OpenedExport => {
    if (reply.kind !== 'card') throw new Error('a refusal is a card');
    return { kind: 'refused', message: reply.message };
  };
  const who = await parts.access.identify(speaker, { fresh: true });
  if (who.kind === 'trouble') return refused(troubleReply(words, who.trouble));
  if (who.kind === 'denied') return refused(await refuseStranger(parts, words, speaker.id, who.denial));
  const denial = deny(who.caller, 'history.export');
  if (denial !== null) return refused(await refuseStranger(parts, words, speaker.id, denial));
  const { about, since } = context;
  const acting = onBasis(parts, basisOf(who.caller, 'history.export'));
  await recordAudit(acting, speaker.id, 'exported', { since, ...(about ?? {}) });
  return { kind: 'file', file: await makeFile(parts, words, context) };
}

/** Exports the audit log as of this moment. */
async function makeFile({ store }: CommandParts, words: Messages, filter: ExportContext): Promise<ExportFile> {
  const until = new Date(store.clock.now()).toISOString();
  const headings = columns.map((column) => words.plain(`export.column.${column}`));
  const file = await auditFile(store.database, { ...filter, until, headings });
  return { fileName: `usher-history-${until.slice(0, 10)}.csv`, ...file };
}

declare module '../../chat/command.ts' {
  interface Commands {
    exportHistory: { readonly about: string | null; readonly since: string | null };
  }
}

export const exportHistoryCommand = defineCommand({
  verb: 'exportHistory',
  read: readExport,
  readLoose: readBareExport,
  write: writeExport,
  permission: 'history.export',
  chapter: 'requests',
  examples: ['export history since 1 November', 'export history of adele'],
  offeredByTeams: { personal: 9 },
  tryIt: null,
  resolve: resolveHistory,
  run: exportHistory,
});
