import { describe, expect, it } from '@jest/globals';
import { eachSideBySide } from '../../src/graph/side-by-side.ts';

describe('doing things side by side', () => {
  it('does no more at a time than it is told, and keeps the order', async () => {
    let running = 0;
    let most = 0;

    const results = await eachSideBySide([5, 1, 4, 2, 3], 2, async (turns) => {
      running += 1;
      most = Math.max(most, running);
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      running -= 1;
      return turns * 10;
    });

    expect(results).toEqual([50, 10, 40, 20, 30]);
    expect(most).toBe(2);
  });

  it('fails when one fails', async () => {
    const work = eachSideBySide([1, 2], 2, async (item) => {
      if (item === 2) throw new Error('two');
    });

    await expect(work).rejects.toThrow('two');
  });
});
