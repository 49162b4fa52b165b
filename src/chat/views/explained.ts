import type { Tone } from './tone.ts';

/** The finished texts of a problem. */
export interface Explained {
  readonly tone: Tone;
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly next: string;
  readonly code: string | null;
  /** Plain. */
  readonly summary: string;
}

/**
 * A job's quarantine as the job reports it. Every part but the app may be missing; times in milliseconds since 1970.
 */
export interface Quarantine {
  readonly kind: 'appQuarantined';
  readonly app: string;
  /** The service's own word, e.g. `EncounteredQuarantineException`. */
  readonly reason: string | null;
  readonly since: number | null;
  readonly nextAttempt: number | null;
  readonly errorCode: string | null;
  readonly message: string | null;
  /** Whether the tenant's own administrator can fix it. */
  readonly tenantActionable: boolean | null;
  /** When this is shown, so that times on another day get a date. */
  readonly now: number;
}
