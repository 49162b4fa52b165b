/**
 * Who is next where both single requests and lists wait. Of any five grants in a row two go to the interactive lane and
 * three to the bulk lane, so a single request starts within a window however long the lists are, and a list goes on
 * however many single requests come. A lane that waits alone takes everything: no grant is reserved for an empty lane.
 *
 *     the last four grants          next
 *     fewer than two interactive    interactive
 *     two or more                   bulk
 */
export type Lane = 'interactive' | 'bulk';
export const laneNumbers = { interactive: 0, bulk: 1 } as const satisfies Record<Lane, number>;

const looksBack = 4;
const keptForInteractive = 2;

/** The next lane, of those with a start that is due; null when neither has one. */
export function chooseLane(lanes: readonly number[], waiting: Readonly<Record<Lane, boolean>>): Lane | null {
  if (!waiting.interactive) return waiting.bulk ? 'bulk' : null;
  if (!waiting.bulk) return 'interactive';
  const recent = lanes.slice(-looksBack).filter((lane) => lane === laneNumbers.interactive);
  return recent.length < keptForInteractive ? 'interactive' : 'bulk';
}

/** The lanes of the latest grants after one more. */
export function rememberLane(lanes: readonly number[], lane: number): number[] {
  return [...lanes, lane].slice(-looksBack);
}
