/**
 * How many runs of a property: a tenth of the full count, for daily work. CI takes the full count by
 * `PROPERTY_RUNS=full`.
 */
export function propertyRuns(full: number): number {
  return process.env.PROPERTY_RUNS === 'full' ? full : Math.ceil(full / 10);
}
