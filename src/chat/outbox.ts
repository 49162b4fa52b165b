import type { Pausing, PostEnd } from '../outbox/message.ts';
import type { Drawing } from './reply.ts';

/** What Usher posts to Teams, from the one table of messages; a restart loses none of it. */
export interface Outbox {
  /** The messages due now, claimed for a minute and drawn, oldest first. */
  due(limit: number): Promise<readonly Drawing[]>;
  /** Milliseconds until a message that was put off here is due again; null where there is none. */
  dueInMs(): number | null;
  /** Posts a message; null where it was given up because it crashed processes, or where another process has it now. */
  attempt<T>(drawing: Drawing, post: (pausing: Pausing) => Promise<T>): Promise<T | null>;
  /**
   * Notes how a post ended, see `outbox/message.ts`.
   *
   * @param instead the activity that the card replaces; null for the first one.
   */
  ended(drawing: Drawing, end: PostEnd, instead?: string | null): Promise<Noted>;
}

/** `outdated`: it has changed since it was drawn. `tooLate`: another process had posted the card before. */
export type Noted = 'latest' | 'outdated' | 'tooLate';
