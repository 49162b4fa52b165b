import type { CheckView } from '../../../chat/cards/card-views.ts';
import { renderCard } from '../../../chat/cards/render.ts';
import type { JobChange } from '../../../chat/jobs/job-change.ts';
import { type JobReading, jobWord } from '../../../chat/jobs/job-words.ts';
import type { MessageKey, Messages } from '../../../chat/messages.ts';
import type { CardMessage } from '../../../chat/reply.ts';
import { provisioningPageUrl } from '../../../chat/views/entra-link.ts';
import { entraLink, lineButton, maybe, short, toggleOf } from '../../../chat/views/parts.ts';
import { lookOf, type Tone } from '../../../chat/views/tone.ts';
import type { Viewpoint } from '../../../chat/views/viewpoint.ts';
import { writeStatus } from '../status-line.ts';
import { jobMeaning, repairLines } from './status-card.ts';

export interface AnnouncementCardInput {
  readonly app: { readonly id: string; readonly name: string };
  readonly change: JobChange;
  /** As read when the change was noticed. */
  readonly status: JobReading;
  readonly now: number;
  /** The cloud's Entra admin center; without it there is no link. */
  readonly entraPortalUrl: string | null;
  readonly viewpoint: Viewpoint;
  /** Whether the conversation watches this app, or all. */
  readonly watches: 'app' | 'all';
  /** When the change was noticed, where quiet hours kept it back. */
  readonly seenAt?: number;
  /** Of Usher's own pauses of the job, in sentences. */
  readonly pauses?: readonly string[];
}

export const CHANGES: Readonly<Record<JobChange, readonly [tone: Tone, title: MessageKey, short: MessageKey]>> = {
  enteredQuarantine: ['bad', 'announcement.enteredQuarantine', 'announcement.change.enteredQuarantine'],
  leftQuarantine: ['good', 'announcement.leftQuarantine', 'announcement.change.leftQuarantine'],
  stopped: ['warning', 'announcement.stopped', 'announcement.change.stopped'],
  runsAgain: ['good', 'announcement.runsAgain', 'announcement.change.runsAgain'],
};

/** Tells a conversation that watches an app what changed in its synchronization, and why where the job tells. */
export function announcementCard(
  words: Messages,
  { app, change, status, now, entraPortalUrl, viewpoint, watches, seenAt, pauses = [] }: AnnouncementCardInput,
): CardMessage {
  const name = short(app.name);
  const [tone, title] = CHANGES[change];
  const meaning = jobMeaning(words, { app: name, status, now, viewpoint, isOwnPause: pauses.length > 0 });
  // The title says it already.
  const isSaid = change === 'enteredQuarantine';
  const state = isSaid ? [] : [words.card('announcement.state', { state: jobWord(words, status).word })];
  const kept = seenAt === undefined ? [] : [words.card('announcement.kept', { time: words.moment(seenAt, now) })];
  const summary = words.sentences([words.sentence(words.plain(title, { app: name })), meaning.summary]);
  const texts = maybe(meaning.code);
  const details: CheckView['details'] = texts.length === 0 ? [] : [{ texts, tables: [], sections: [] }];
  const view: CheckView = {
    fallbackText: summary,
    look: lookOf(tone),
    title: words.card(title, { app: name }),
    subject: [],
    label: [],
    paragraphs: [...kept, ...state, ...meaning.paragraphs, ...pauses].map((text) => ({ text })),
    next: meaning.next === null ? [] : [{ label: words.card('label.next'), text: meaning.next }],
    further: (meaning.further ?? []).map((text) => ({ text })),
    tables: [],
    footer: [{ text: words.card(watches === 'all' ? 'announcement.footerAll' : 'announcement.footer', { app: name }) }],
    details,
    toggles: toggleOf(words, details),
    buttons: [
      ...(isSaid ? repairLines(words, app.name) : []),
      ...lineButton(words, 'button.status', writeStatus({ verb: 'status', app: app.name })),
    ],
    links: entraLink(words, entraPortalUrl === null ? null : provisioningPageUrl(entraPortalUrl, app.id)),
  };
  return { card: renderCard('check', view), summary };
}
