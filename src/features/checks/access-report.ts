import { type CommandParts, defineCommand, type Turn } from '../../chat/registry/define-command.ts';
import type { Reply } from '../../chat/reply.ts';
import { accessReportCard, accessReportOnlyPersonal } from './cards/access-report-card.ts';
import { reviewAccess } from './reviewing/access-review.ts';

/** More than a card can show; `npm run access` lists all. */
const mostGiven = 200;

/**
 * `access report`: who holds which role of Usher now and through what, who has decided how often, and what was given
 * without an end. It names many people, so it is shown in the personal chat alone.
 */
async function accessReport(parts: CommandParts, { words, incoming }: Turn): Promise<Reply> {
  if (incoming.place.kind !== 'personal') return { kind: 'card', message: accessReportOnlyPersonal(words) };
  const { directory, access, store } = parts;
  const { database, clock } = store;
  const review = await reviewAccess({ directory, database, clock, sources: access.sources ?? [] }, mostGiven);
  return { kind: 'card', inPlace: true, message: accessReportCard(words, review) };
}

declare module '../../chat/command.ts' {
  interface Commands {
    /** Tells who holds which role of Usher. */
    accessReport: Record<never, never>;
  }
}

export const accessReportCommand = defineCommand({
  verb: 'accessReport',
  read: (words) => (words.length === 0 ? { kind: 'command', command: { verb: 'accessReport' } } : null),
  write: () => 'access report',
  permission: 'access.review',
  inPersonalChat: true,
  chapter: 'requests',
  examples: ['access report'],
  tryIt: 'access report',
  run: accessReport,
});
