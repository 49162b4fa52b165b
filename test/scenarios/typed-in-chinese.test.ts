import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createMessages } from '../../src/chat/messages.ts';
import { startTestUsher, type TestUsher } from '../support/usher.ts';

jest.setTimeout(60_000);

const words = createMessages('zh-CN', 'UTC');
let teams: TestUsher;
beforeEach(async () => {
  teams = await startTestUsher();
});
afterEach(() => teams.close());

/** The answer to a line of a person whose Teams is in Chinese. */
async function say(line: string, person: 'alex' | 'megan' | 'patti' = 'alex', locale = 'zh-CN') {
  await teams.send({ ...teams.message(person, line), locale });
  await teams.settled();
  return teams.lastCard(`personal-${person}`);
}

const calls = () => teams.sandbox.stats().calls;

describe('what a Chinese-speaking person types', () => {
  it('provisions, with no space between the words', async () => {
    const card = await say('请把李娜预配到Salesforce吧');

    expect(card.text).toContain('李娜');
    expect(calls()).toBe(1);
  });

  it('is offered where it is loose, in the words of the reader', async () => {
    const card = await say('给李娜开通 Salesforce');

    expect(card.text).toMatch(/预配 \S+ 到 Salesforce/);
    expect(calls()).toBe(0);
  });

  it('does nothing with a negation, a condition, a question or a report', async () => {
    for (const line of [
      '不要把李娜预配到 Salesforce',
      '先别将李娜预配到 Salesforce',
      '将李娜预配到 Salesforce，如果王伟同意',
      '李娜已预配到 Salesforce',
      '要把李娜预配到 Salesforce 吗？',
    ])
      await say(line);

    expect(calls()).toBe(0);
  });

  it('never approves with a negation', async () => {
    await say('帮助', 'patti');
    await say('为 isaiah 申请 ServiceNow 权限，原因：加入项目', 'megan');
    const [id = ''] = /\b[0-9A-HJKMNP-TV-Z]{6}\b/.exec(teams.lastCard('personal-megan').text) ?? [];

    for (const line of ['不批准 ID', '先别批准 ID', '不同意 ID', 'ID 不通过', 'ID 未批准', '批准 ID 吗？', 'ID 已批准'])
      await say(line.replace('ID', id), 'patti');

    expect(id).not.toBe('');
    expect(calls()).toBe(0);
  });

  it('reads a name that holds other words as a name', async () => {
    const known = await say('将查良镛预配到 Salesforce');
    const made = calls();
    const unknown = await say('将周一鸣预配到 Salesforce');

    expect(known.text).toContain('查良镛');
    expect(unknown.text).toContain('周一鸣');
    expect([made, calls()]).toEqual([1, 1]);
  });

  it.each([
    ['谢谢！', 'aside.thanks'],
    ['好的', 'aside.answers'],
    ['再见', 'aside.quiet'],
    ['你好', 'help.title'],
  ] as const)('is answered where it asks for nothing: %s', async (line, key) => {
    const card = await say(line);

    expect(card.text).toContain(words.plain(key));
  });

  it('asks which day a week is', async () => {
    await say('为 isaiah 申请 ServiceNow 权限，下周开始', 'megan');

    expect(teams.lastCard('personal-megan').text).toContain('下周');
    expect(calls()).toBe(0);
  });

  it('is only offered to a reader of English or French', async () => {
    for (const locale of ['en-US', 'fr-FR']) {
      const card = await say('将李娜预配到 Salesforce', 'alex', locale);

      expect(card.text).toMatch(/(?:provision user|approvisionner) \S+ (?:to|dans) Salesforce/);
    }
    expect(calls()).toBe(0);
  });
});
