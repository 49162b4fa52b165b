import { describe, expect, it } from '@jest/globals';
import { parse } from '../../support/grammar.ts';

describe('a request by its id', () => {
  it.each([
    ['retry R7K3MQ', 'retry', 'R7K3MQ'],
    ['Retry r7k3mq please', 'retry', 'R7K3MQ'],
    ['retry #R7K3MQ', 'retry', 'R7K3MQ'],
    ['retry request R7K3MQ failed', 'retry', 'R7K3MQ'],
    ['retry the failed ones of R7K3MQ.', 'retry', 'R7K3MQ'],
    ['cancel R7K3MQ', 'cancel', 'R7K3MQ'],
    ['/cancel request # 2345', 'cancel', '2345'],
    ['can you cancel my request r7k3mq for me?', 'cancel', 'R7K3MQ'],
  ])('is read from %s', (text, verb, requestId) => {
    expect(parse(text)).toEqual({ kind: 'command', command: { verb, requestId } });
  });

  it.each([
    ['cancle ABC123', 'cancel ABC123'],
    ['cancell abc123', 'cancel ABC123'],
    ['rerty #abc123', 'retry ABC123'],
    ['re try abc123', 'retry ABC123'],
  ])('is offered for a typo: %s', (text, suggestion) => {
    expect(parse(text)).toEqual({ kind: 'didYouMean', suggestion });
  });

  it.each(['retry', 'cancel', 'retry failed', 'cancel the request'])('is missing from %s', (text) => {
    expect(parse(text)).toMatchObject({ kind: 'incomplete', missing: 'id' });
  });

  it.each([
    ['retry isaiah', ['isaiah']],
    ['cancel my request for Isaiah Langer', ['Isaiah', 'Langer']],
    ['cancel my order of yesterday', ['order', 'yesterday']],
    ['retry MEGAN', ['MEGAN']],
    ['retry ABCDEFGHIJKLM', ['ABCDEFGHIJKLM']],
  ])('may be named by its person or app: %s', (text, said) => {
    expect(parse(text)).toMatchObject({ kind: 'incomplete', missing: 'id', said });
  });

  it.each([
    'cancel the order that I made at the store of yesterday evening',
    'retry ab1',
    'cancel R7K3MQ-2',
    'channel updates',
    'ready',
    'entry 12345',
  ])('is not read from %s', (text) => {
    expect(parse(text)).toEqual({ kind: 'unclear' });
  });
});
