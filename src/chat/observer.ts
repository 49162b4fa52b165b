import type { AuditEntry } from '../requests/audit-log.ts';

/** Counts what people request and what they are refused: codes only, no person's id. No method throws. */
export interface ChatObserver {
  requested(kind: RequestKind): void;
  /** `permission` is null for a caller who cannot have a role, whatever they requested. */
  denied(denial: { readonly permission: string | null; readonly reason: string }): void;
  turnedAway(reason: string): void;
}

/** The kind of a request; `access` asks an approver. */
export type RequestKind = 'person' | 'list' | 'group' | 'access';

/** Counts an audited refusal as one. */
export function observeEntry(
  observer: ChatObserver | undefined,
  kind: AuditEntry['kind'],
  { permission, reason }: AuditEntry['details'],
): void {
  const code = typeof reason === 'string' ? reason : 'other';
  if (kind === 'denied')
    observer?.denied({ permission: typeof permission === 'string' ? permission : null, reason: code });
}
