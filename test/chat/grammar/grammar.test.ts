import { describe, expect, it } from '@jest/globals';
import { createGrammar, keepingLatest } from '../../../src/chat/grammar/grammar.ts';
import { registry } from '../../../src/features/registry.ts';
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

describe('a grammar that keeps what it has read last', () => {
  it('reads a line once, and anew under another limit', () => {
    const { parse: read, ...rest } = createGrammar(registry.commands);
    const limits: (number | undefined)[] = [];
    const kept = keepingLatest({
      ...rest,
      parse(text, options = {}) {
        limits.push(options.limit);
        return read(text, options);
      },
    });

    const parsed = [kept.parse('whoami'), kept.parse('whoami'), kept.parse('whoami', { limit: 5 }), kept.parse('help')];

    expect(parsed.map(({ kind }) => kind)).toEqual(['command', 'command', 'tooLong', 'command']);
    expect(limits).toEqual([undefined, 5, undefined]);
  });
});
