import type { Entry } from '../requests/record.ts';

/** Told of what people ask for and are refused, for counting: codes alone, nobody's id. None of these throws. */
export interface ChatObserver {
  requested(kind: RequestKind): void;
  /** `permission` is null where somebody is nobody to Usher, whatever they asked for. */
  denied(denial: { readonly permission: string | null; readonly reason: string }): void;
  turnedAway(reason: string): void;
}

/** What a request was made for; `access` asks an approver. */
export type RequestKind = 'person' | 'list' | 'group' | 'access';

/** What is recorded as a refusal is counted as one. */
export function observeEntry(
  observer: ChatObserver | undefined,
  kind: Entry['kind'],
  { permission, reason }: Entry['details'],
): void {
  const code = typeof reason === 'string' ? reason : 'other';
  if (kind === 'denied')
    observer?.denied({ permission: typeof permission === 'string' ? permission : null, reason: code });
}
