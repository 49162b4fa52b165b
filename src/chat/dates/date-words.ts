import { GERMANIC } from './words/germanic.ts';
import { OTHERS } from './words/others.ts';
import { ROMANCE } from './words/romance.ts';
import type { DateWords } from './words/shape.ts';

export const DATE_WORDS = { ...GERMANIC, ...ROMANCE, ...OTHERS };

/** All languages. */
export const ALL_DATE_WORDS: readonly DateWords[] = Object.values(DATE_WORDS);
