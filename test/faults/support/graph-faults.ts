import type { Fault } from '../../../src/sandbox/graph/faults.ts';
import { oneOf, seededRandom } from './random.ts';
import { scale } from './scale.ts';

const howMany = 2_000;
/** Seven calls in ten go well. */
const wellOff = 0.7;

const troubles: readonly Fault[] = [
  { kind: 'status', status: 429 },
  { kind: 'status', status: 429, headers: { 'Retry-After': '2' } },
  { kind: 'status', status: 503 },
  { kind: 'status', status: 503, headers: { 'Retry-After': '6' } },
  { kind: 'status', status: 503, workDone: true },
  { kind: 'status', status: 504 },
  { kind: 'status', status: 504, workDone: true },
  { kind: 'reset' },
  { kind: 'reset', workDone: true },
  { kind: 'slow', ms: scale.slowMs },
];

/** What Graph does to each on-demand call, in the order in which they come. */
export function faultsFor(seed: number): readonly Fault[] {
  const random = seededRandom(seed);
  const faults = Array.from({ length: howMany }, (_, index): Fault => {
    if (index < scale.troubledCalls && random() > wellOff) return oneOf(random, troubles);
    return { kind: 'slow', ms: Math.round(random() * 300) };
  });
  for (let index = 0; index < scale.silences; index += 1)
    faults[Math.floor(random() * 40)] = { kind: 'silence', workDone: random() < 0.5 };
  return faults;
}
