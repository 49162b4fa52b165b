import type { Generated } from 'kysely';

/** The tables about what conversations watch; see `schema.ts`. */

/** Where Teams reaches a person or a place, and how its readers want times and words. */
export interface PlaceColumns {
  conversation: string;
  locale: string;
  time_zone: string;
}

/** What is watched by a row about all apps. */
export const ALL_APPS = '*';

/** A conversation that is told when an app's synchronization breaks or recovers, or whom it could not provision. */
export interface WatchRow extends PlaceColumns {
  /** Identifies the conversation; unique together with what is watched. */
  key: string;
  /**
   * What is watched: a service principal id; `ALL_APPS`; with `failures ` before it, the people that the app's
   * synchronization could not provision.
   */
  app_id: string;
  /** Empty for all apps. */
  app_name: string;
  added_by: string;
  added_at: number;
  /** Until when the log of failures has been read, and when it is to be read again; null for other watches. */
  read_until: Generated<number | null>;
  due_at: Generated<number | null>;
}

/** When a conversation is told no news of what it watches. */
export interface QuietHoursRow {
  /** Identifies the conversation. */
  key: string;
  /** Minutes since midnight by the clock of the zone. */
  begins: number;
  ends: number;
  time_zone: string;
  set_by: string;
  set_at: number;
}

/** A change of an app that waits to be told, with others: of the same round, or until the quiet hours end. */
export interface HeldNewsRow extends PlaceColumns {
  id: string;
  /** Identifies the conversation. */
  key: string;
  /** JSON of `JobChangeDetails`. */
  news: string;
  created_at: number;
  due_at: number;
}

/** The state of a watched job when the watcher last looked. */
export interface WatchedJobRow {
  app_id: string;
  state: 'runs' | 'quarantined' | 'stopped';
  /** JSON: the status in full, or `"none"`. */
  status: string;
  /** When it was first seen in this state. */
  since: number;
}
