import type { Messages } from '../../../chat/messages.ts';
import type { CardMessage } from '../../../chat/reply.ts';
import { sayEnd } from '../../../chat/views/ends.ts';
import { usersPageUrl } from '../../../chat/views/entra-link.ts';
import { noticeCard } from '../../../chat/views/notice.ts';
import { type SayButton, short } from '../../../chat/views/parts.ts';
import type { Entitlement } from '../../../requests/entitlement.ts';
import { isForPeople, overdueWord } from '../../provisioning/cards/ending-words.ts';
import type { EndNote } from '../ends/end-notes.ts';

export interface EndNoteInput {
  readonly entitlement: Entitlement;
  readonly note: EndNote;
  readonly now: number;
  /** The cloud's Entra admin center. */
  readonly entraPortal: string;
}

const TONES = { reminder: 'waiting', verified: 'good', overdue: 'bad', byHand: 'neutral' } as const;
/** The calendar decides on longer ones. */
const DAY = 24 * 60 * 60_000;

/** Tells of access that ends soon, has ended, or should have ended; with what the reader can do about it. */
export function endNoteCard(words: Messages, { entitlement, note, now, entraPortal }: EndNoteInput): CardMessage {
  const { subject, app, requestId, endsAt, isTimed, state, inherits } = entitlement;
  const values = {
    person: short(subject.name),
    app: short(app.name),
    end: sayEnd(words, { endsAt, hasTime: isTimed }),
    by: short(note.by ?? ''),
    why: note.why === null ? '' : overdueWord(words, note.why),
    takes: inherits ? 'yes' : 'no',
    assigned: note.why === 'notAssignedByUsher' ? 'no' : isForPeople(note.why) ? 'left' : 'yes',
  };
  const happened = `endNote.${note.news}.happened` as const;
  const next = note.news === 'reminder' || note.news === 'overdue' ? (`endNote.${note.news}.next` as const) : null;
  // What has changed since needs no answer any more.
  const isOpen = note.news === 'reminder' ? state.kind === 'active' : state.kind === 'overdue';
  return noticeCard(words, {
    tone: TONES[note.news],
    title: words.card(`endNote.${note.news}.title`, values),
    paragraphs: [words.card(happened, values)],
    next: next === null ? null : words.card(next, values),
    buttons: isOpen ? buttonsOf(note, requestId, endsAt - now) : [],
    link: isOpen && isForPeople(note.why) ? usersPageUrl(entraPortal, app.id) : null,
    summary: words.sentences([words.plain(happened, values), next === null ? null : words.plain(next, values)]),
  });
}

function buttonsOf({ news, why }: EndNote, requestId: string, leftMs: number): readonly SayButton[] {
  if (news === 'reminder')
    return [
      { label: 'extend', verb: 'run', text: `extend ${requestId} for ${leftMs < DAY ? '8 hours' : '1 month'}` },
      { label: 'endNow', verb: 'run', text: `end ${requestId} now` },
    ];
  if (news !== 'overdue') return [];
  const verify: SayButton = { label: 'verifyRemoval', verb: 'run', text: `verify removal ${requestId}` };
  return [...(isForPeople(why) ? [verify] : []), { label: 'byHand', verb: 'run', text: `done by hand ${requestId}` }];
}
