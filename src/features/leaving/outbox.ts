import { createMessages } from '../../chat/messages.ts';
import type { MessageDeclaration } from '../../chat/registry/define-command.ts';
import { mayWatchStill } from '../../chat/watching-places.ts';
import { findEntitlements } from '../../requests/find-entitlements.ts';
import { endNoteCard } from './cards/end-note-card.ts';
import type { EndNote } from './ends/end-notes.ts';

const noteIn = (details: string | null) => JSON.parse(details ?? '') as EndNote;

/** The notes about access that ends. */
export const endNotes: MessageDeclaration = {
  async mayBePosted({ access }, { details }) {
    const { watch } = noteIn(details);
    return watch === undefined ? 'may' : mayWatchStill(access, watch);
  },
  async draw(parts, { id, reference, reader, details }) {
    const note = noteIn(details);
    const found = await findEntitlements(parts.store.database, reference);
    const entitlement = found.find(({ taskId }) => taskId === note.taskId);
    if (entitlement === undefined) return null;
    const words = createMessages(reader.locale, reader.timeZone);
    const content = endNoteCard(words, {
      entitlement,
      note,
      now: parts.store.clock.now(),
      entraPortal: parts.entraPortal,
    });
    return { content, fingerprint: id, finished: true };
  },
};
