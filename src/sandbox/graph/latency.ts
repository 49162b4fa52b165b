/** How long the next on-demand call takes, in ms. A number is taken as it is; undefined means somewhere in 300–1500. */
export function createLatency(latencyMs: number | undefined, seed: number): () => number {
  if (latencyMs !== undefined) return () => latencyMs;
  const random = seededRandom(seed);
  return () => Math.round(300 + random() * 1200);
}

// mulberry32: a few lines, evenly spread, and the same row of numbers for the same seed.
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
