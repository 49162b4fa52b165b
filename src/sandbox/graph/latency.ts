/** The latency of the next on-demand call, in ms. A number is used as it is; undefined means a random 300–1500. */
export function createLatency(latencyMs: number | undefined, seed: number): () => number {
  if (latencyMs !== undefined) return () => latencyMs;
  const random = seededRandom(seed);
  return () => Math.round(300 + random() * 1200);
}

// mulberry32: short, evenly distributed, and the same sequence for the same seed.
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
