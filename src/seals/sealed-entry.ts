export interface Head {
  /** How many entries were ever sealed: the number of the last seal. */
  readonly seq: number;
  readonly hash: string;
}

/** Before the first seal. */
export const origin: Head = { seq: 0, hash: '' };

/** An entry as the database holds it; `details` is JSON, and its text is sealed as it stands. */
export interface StoredEntry {
  readonly id: number;
  readonly at: number;
  readonly actor_id: string;
  readonly kind: string;
  readonly request_id: string | null;
  readonly details: string;
}

/** An entry with the number of its seal. */
export type NumberedEntry = StoredEntry & Pick<Head, 'seq'>;

/** An entry with its seal. */
export type SealedEntry = StoredEntry & Head;
