import type { Language } from '../../languages.ts';

/** How each language puts texts together. Nothing else in Usher joins what people read. */
export interface Joining {
  /** Between sentences. */
  readonly space: string;
  readonly stop: string;
  /** Between values that are listed without "and". */
  readonly comma: string;
  /** Between a label and its value. */
  readonly colon: string;
  /** Around a remark behind a name. */
  readonly brackets: readonly [string, string];
  /** How the first day of a month is written, where a bare 1 is wrong. */
  readonly first: string | null;
  /** Whether no space stands between a value and the text where both are in this language's letters. */
  readonly isDense: boolean;
}

const european = {
  space: ' ',
  stop: '.',
  comma: ', ',
  colon: ': ',
  brackets: [' (', ')'],
  first: null,
  isDense: false,
} as const;

export const joining: Readonly<Record<Language, Joining>> = {
  en: european,
  fr: { ...european, colon: '\u00a0: ', first: '1er' },
  'pt-BR': { ...european, first: '1º' },
  'zh-Hans': { space: '', stop: '。', comma: '、', colon: '：', brackets: ['（', '）'], first: null, isDense: true },
};

/** Between facts of equal rank, in every language. */
export const DOT = ' · ';
