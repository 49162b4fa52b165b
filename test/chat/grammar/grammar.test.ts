import { describe, expect, it } from '@jest/globals';
import { parse } from '../../support/grammar.ts';

describe('a line that begins as a quotation', () => {
  it.each(['> provision adele to Box', '>\nprovision adele to Box', '>provision adele to Box'])(
    'is only offered: %s',
    (text) => {
      expect(parse(text)).toEqual({ kind: 'didYouMean', suggestion: 'provision user adele to Box' });
    },
  );
});

describe('a line within marks of formatting', () => {
  it.each(['```provision adele to Box```', '```text\nprovision adele to Box\n```', '**provision adele to Box**'])(
    'is read: %s',
    (text) => {
      expect(parse(text)).toEqual({ kind: 'command', command: { verb: 'provision', subject: 'adele', app: 'Box' } });
    },
  );
});

describe('the same line read again', () => {
  it('is read anew under another limit', () => {
    const kinds = [parse('whoami'), parse('whoami', { limit: 5 }), parse('whoami')].map(({ kind }) => kind);

    expect(kinds).toEqual(['command', 'tooLong', 'command']);
  });
});
