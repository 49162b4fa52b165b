import { describe, expect, it } from '@jest/globals';
import { createLog, type Log } from '../src/log.ts';

function capture(level: string): { readonly log: Log; readonly lines: string[] } {
  const lines: string[] = [];
  return { log: createLog(level, { write: (line) => void lines.push(line) }), lines };
}

/** What one call of the log wrote, as text and parsed. */
function written(write: (log: Log) => void): { readonly text: string; readonly entry: Record<string, unknown> } {
  const { log, lines } = capture('trace');
  write(log);
  const text = lines.join('');
  return { text, entry: JSON.parse(text) };
}

describe('the log', () => {
  it('writes one line of JSON an event, with the time as people read it', () => {
    const { text, entry } = written((log) => log.info({ port: 1 }, 'ready\nindeed'));

    expect(text.trimEnd()).not.toContain('\n');
    expect(entry).toMatchObject({ app: 'usher', level: 30, msg: 'ready\nindeed', port: 1 });
    expect(new Date(String(entry.time)).toISOString()).toBe(entry.time);
  });

  it.each([
    ['trace', 3],
    ['info', 2],
    ['error', 1],
    ['silent', 0],
  ])('at level %s writes the entries of that level and above', (level, count) => {
    const { log, lines } = capture(level);

    log.debug('fine');
    log.info('noted');
    log.error('bad');

    expect(lines).toHaveLength(count);
  });

  it('keeps of an error what helps: name, message, code, status and stack', () => {
    const error = Object.assign(new TypeError('broken'), { code: 'ECONNRESET', statusCode: 502 });

    const { entry } = written((log) => log.error({ error }, 'failed'));

    expect(entry.error).toEqual({
      name: 'TypeError',
      message: 'broken',
      code: 'ECONNRESET',
      status: 502,
      stack: expect.stringContaining('TypeError: broken'),
    });
  });

  it('masks what an error quotes, in its message and at the head of its stack', () => {
    const error = new Error('it says "{\\"password\\":\\"hunter2\\"}" there');

    const { text } = written((log) => log.error({ error }, 'failed'));

    expect(text).not.toContain('hunter2');
    expect(text).toContain('log.test.ts');
  });

  it.each([
    ['request', { request: { headers: { authorization: 'Bearer SECRET' } } }],
    ['response', { response: { bodyAsText: 'SECRET' } }],
    ['config', { config: { data: 'client_secret=SECRET' } }],
    ['anything else', { details: { token: 'SECRET' } }],
  ])('never writes the %s that a library attached to an error', (_what, extra) => {
    const { text } = written((log) => log.error({ error: Object.assign(new Error('broken'), extra) }, 'failed'));

    expect(text).not.toContain('SECRET');
  });

  it('survives a thrown value that is no error', () => {
    expect(written((log) => log.error({ error: 'just words' }, 'failed')).entry.error).toEqual({
      message: 'just words',
    });
    expect(written((log) => log.error({ error: undefined }, 'failed')).entry.msg).toBe('failed');
  });

  it.each([
    { authorization: 'Bearer SECRET' },
    { headers: { cookie: 'SECRET' } },
    { password: 'SECRET' },
    { token: 'SECRET' },
    { call: { authorization: 'Bearer SECRET' } },
    { call: { headers: { authorization: 'Bearer SECRET' } } },
    { call: { request: { headers: { cookie: 'SECRET' } } } },
    { database: { password: 'SECRET' } },
    { credential: { token: 'SECRET' } },
  ])('redacts every field whose name means a secret: %j', (fields) => {
    const { text } = written((log) => log.info(fields, 'look'));

    expect(text).not.toContain('SECRET');
    expect(text).toContain('[redacted]');
  });
});
