/** Requests that were finished long ago; see `requests/archive/`. */

/** A request with all that refers to it. */
export interface ArchivedRow {
  id: number;
  /** When the last of it was over. */
  over_at: number;
  /** Where its conversation stands. */
  place_id: number | null;
  /** Its rows, as `requests/archive/packing.ts` writes them. */
  content: Uint8Array;
}

/**
 * By which an archived request is found: one for each access request, and for each call of a provisioning request.
 * People and apps are numbers there, see `markOf`.
 */
export interface ArchivedLineRow {
  archived_id: number;
  /** When it was asked for. */
  at: number;
  requested_by: number;
  app: number;
  subject: number;
  decided_by: number | null;
  /** When the access request was made that it carries out; null for none. */
  access_at: number | null;
  /** When access was given by an approval or an assignment of Usher's, without an end; else null. */
  given_at: number | null;
  /** When its removal was proven; else null. */
  removed_at: number | null;
  /** See `lineKinds`. */
  kind: number;
  /** 1 for the one that stands for the whole request. */
  is_first: number;
  /** 1 where the app is not the first of its request. */
  is_further: number;
  /** 1 where a call of its request has failed. */
  has_failed: number;
  /** 1 where its request was never confirmed. */
  is_open: number;
  /** Of the request. */
  id: string;
  ticket: string | null;
}
