import { describe, expect, it } from '@jest/globals';
import { createMessages } from '../../../src/chat/messages.ts';

const chinese = createMessages('zh-CN', 'Asia/Shanghai');

describe('a Chinese text', () => {
  it('keeps its spaces beside a Latin value', () => {
    const text = chinese.card('announcement.leftQuarantine', { app: 'Salesforce' });

    expect(text).toBe('Salesforce 已解除隔离');
  });

  it('has no space beside a Chinese value', () => {
    const text = chinese.plain('problem.askForSelf.title');
    const about = chinese.card('access.asks', { requestedBy: '王伟', person: '李娜', app: '钉钉' });

    expect(text).not.toContain(' ');
    expect(about).toBe('王伟为李娜请求钉钉的访问权限。');
  });

  it('looks at each side of a value alone', () => {
    const text = chinese.card('access.asks', { requestedBy: 'Chloé 王', person: '张 Alex', app: '（旧）Teams' });

    expect(text).toBe('Chloé 王为张 Alex 请求（旧）Teams 的访问权限。');
  });

  it('keeps the spaces of a line to type', () => {
    const text = chinese.card('announcement.footer', { app: '钉钉' });
    const bold = chinese.card('access.hint.decide', { request: '甲' });

    expect(text).toContain('请键入“停止监视 钉钉”');
    expect(bold).toContain('**批准 甲**');
  });

  it('chooses by a value as any other does', () => {
    const none = chinese.plain('home.title', { name: 'none' });
    const named = chinese.plain('home.title', { name: '王伟' });

    expect([none, named]).toEqual(['你的概览', '王伟，你好']);
  });

  it.each([
    [['Alex', 'Megan', 'Patti'], 'Alex、Megan 和 Patti', 'Alex、Megan 或 Patti'],
    [['王伟', '李娜'], '王伟和李娜', '王伟或李娜'],
    [['Alex', '另外 3 人'], 'Alex 和另外 3 人', 'Alex 或另外 3 人'],
    [['Alex'], 'Alex', 'Alex'],
  ])('lists %j by the same rule', (names, all, either) => {
    const listed = [chinese.list(names), chinese.either(names)];

    expect(listed).toEqual([all, either]);
  });
});
