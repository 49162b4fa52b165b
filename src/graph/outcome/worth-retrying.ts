import type { Outcome, OutcomeKind } from '../outcome.ts';

/** Not knowing about one object outweighs all but a failure: the others' good news must not stand for it. */
export const gravities: Readonly<Record<OutcomeKind, number>> = {
  failed: 5,
  unknown: 4,
  refused: 4,
  skipped: 3,
  notInScope: 2,
  created: 1,
  updated: 1,
  disabled: 1,
  deleted: 1,
  otherChange: 1,
  inSync: 0,
  removed: 1,
  notRemoved: 4,
};

/**
 * Whether offering a retry makes sense: what has not ended well may end better, by itself (an assignment takes some
 * minutes to take effect, a service recovers) or once an administrator has fixed what the card names. A retry is always
 * safe.
 */
export function isWorthRetrying({ kind }: Pick<Outcome, 'kind'>): boolean {
  return gravities[kind] > gravities.created;
}

export const failureKinds = (Object.keys(gravities) as OutcomeKind[]).filter((kind) => isWorthRetrying({ kind }));
