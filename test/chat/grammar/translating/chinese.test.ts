import { describe, expect, it } from '@jest/globals';
import { writeLine } from '../../../../src/chat/grammar/translating/write-line.ts';
import { parse } from '../../../support/grammar.ts';
import { readIn } from '../../../support/lines.ts';

describe('a line in Chinese', () => {
  it.each([
    // provision
    ['预配 adele@contoso.com 到 Salesforce', 'says provision user adele@contoso.com to Salesforce'],
    ['将 adele 预配到 Salesforce', 'says provision user adele to Salesforce'],
    ['把isaiah预配到Salesforce', 'says provision user isaiah to Salesforce'],
    ['给王伟开通 Salesforce', 'may say provision user 王伟 to Salesforce'],
    ['请帮 isaiah 开通 ServiceNow 账号', 'may say provision user isaiah to ServiceNow'],
    [
      '麻烦在 GitHub Enterprise 里给 Diego Siciliani 建个账号，谢谢',
      'may say provision user Diego Siciliani to GitHub Enterprise',
    ],
    ['为用户 isaiah 在 Salesforce 中创建帐户', 'may say provision user isaiah to Salesforce'],
    ['将用户 adele、isaiah 和 grady 预配到 Salesforce', 'says provision users adele, isaiah, grady to Salesforce'],
    [
      '把组“Sales Team”预配到 GitHub，成员：priya、tomasz',
      'says provision group Sales Team with members priya, tomasz to GitHub',
    ],
    ['预配 张伟（zhangwei@contoso.com）到 Salesforce', 'may say provision user zhangwei@contoso.com to Salesforce'],
    ['同步一下 adele 到 Salesforce', 'may say provision user adele to Salesforce'],
    ['能不能帮我把李娜加到 Salesforce？', 'may say provision user 李娜 to Salesforce'],
    // request
    ['为 isaiah 申请 Salesforce 权限', 'says request access for isaiah to Salesforce'],
    [
      '申请 Salesforce 访问权限，用户 isaiah，12月1日起，原因：加入销售部',
      'says request access for isaiah to Salesforce on 12月1日 because 加入销售部',
    ],
    [
      '给王伟申请 ServiceNow 权限，从下周一开始，为期三个月，因为他要接手新项目',
      'says request access for 王伟 to ServiceNow starting "下周一" for 三个月 because 他要接手新项目',
    ],
    [
      '帮 diego 申请 GitHub 账号，到3月31日为止，理由：项目支持',
      'says request access for diego to GitHub until 3月31日 because 项目支持',
    ],
    [
      '我想为李娜申请 Salesforce 的权限，2026年12月1日至2027年3月31日',
      'says request access for 李娜 to Salesforce on 2026年12月1日 until 2027年3月31日',
    ],
    ['请求 isaiah 访问 Salesforce，后天开始', 'says request access for isaiah to Salesforce starting 后天'],
    [
      '需要给 isaiah 开 Salesforce 权限两周，工单 INC0012345',
      'may say request access for isaiah to Salesforce for 两周 INC0012345',
    ],
    [
      '为 isaiah 和 diego 申请 Salesforce 权限，截至月底',
      'says request access for "isaiah, diego" to Salesforce until 月底',
    ],
    [
      '申请权限：isaiah，Salesforce，开始 12/1，结束 3/31，事由 岗位调动',
      'says request access for isaiah to Salesforce starting "12/1" until "3/31" because 岗位调动',
    ],
    ['由于王伟下月1号入职，请为他申请 Salesforce 权限', 'unread'],
    ['我要申请 GitHub 权限', 'says incomplete: request access to "GitHub"'],
    ['申请', 'says request'],
    // check
    ['检查 adele 在 Salesforce', 'says check adele in Salesforce'],
    ['检查 adele', 'says check adele'],
    ['查一下 diego 在 GitHub 里有没有账号', 'says check diego in GitHub'],
    ['为什么 diego 进不了 Salesforce？', 'may say check diego in Salesforce'],
    ['王伟为什么没有 Salesforce 权限', 'may say check 王伟 in Salesforce'],
    ['isaiah 在 Salesforce 里了吗？', 'may say check isaiah in Salesforce'],
    ['看看李娜的 ServiceNow 账号', 'says check 李娜 in ServiceNow'],
    ['adele 登录不上 Salesforce', 'may say check adele in Salesforce'],
    ['帮我查查 grady 怎么回事', 'may say check grady · check 帮我查查 grady'],
    ['核实 nestor 在所有应用中的帐户', 'says check nestor'],
    // status
    ['状态', 'says status'],
    ['Zscaler 状态', 'says status Zscaler'],
    ['状态 Salesforce', 'says status Salesforce'],
    ['查看 Salesforce 的同步状态', 'says status Salesforce'],
    ['Salesforce 正常吗？', 'may say status Salesforce'],
    ['Zscaler 怎么了？', 'may say status Zscaler'],
    ['哪些应用被隔离了？', 'says status'],
    ['同步情况怎么样', 'says status'],
    ['ServiceNow 的预配状态', 'says status ServiceNow'],
    ['Salesforce 挂了？', 'may say status Salesforce'],
    // cancel
    ['取消 R7K3MQ', 'says cancel R7K3MQ'],
    ['取消请求 R7K3MQ', 'says cancel R7K3MQ'],
    ['撤回申请R7K3MQ', 'says cancel R7K3MQ'],
    ['撤销 R7K3MQ', 'says cancel R7K3MQ'],
    ['把 R7K3MQ 取消掉', 'says cancel R7K3MQ'],
    ['请取消我的申请R7K3MQ', 'says cancel R7K3MQ'],
    ['R7K3MQ 不要了', 'may say cancel R7K3MQ'],
    ['R7K3MQ作废', 'may say cancel R7K3MQ'],
    ['先别执行 R7K3MQ', 'may say cancel R7K3MQ'],
    // approve, deny
    ['批准 R7K3MQ', 'says approve R7K3MQ'],
    ['同意 R7K3MQ', 'says approve R7K3MQ'],
    ['R7K3MQ 通过', 'may say approve R7K3MQ'],
    ['R7K3MQ同意', 'may say approve R7K3MQ'],
    ['审批通过 R7K3MQ', 'says approve R7K3MQ'],
    ['拒绝 R7K3MQ', 'says deny R7K3MQ'],
    ['拒绝 R7K3MQ，原因：没有许可证', 'says deny R7K3MQ 没有许可证'],
    ['驳回 R7K3MQ，因为他已调岗', 'says deny R7K3MQ 他已调岗'],
    ['不同意 R7K3MQ', 'may say deny R7K3MQ'],
    ['R7K3MQ 不通过', 'may say deny R7K3MQ'],
    ['待我审批', 'says pending'],
    // remove
    ['从 Salesforce 移除 isaiah', 'says remove isaiah from Salesforce'],
    ['将 isaiah 从 Salesforce 移除', 'says remove isaiah from Salesforce'],
    ['把王伟从 Salesforce 里删掉', 'may say remove 王伟 from Salesforce'],
    ['移除 diego 的 GitHub 权限', 'says remove diego from GitHub'],
    ['收回 isaiah 的 Salesforce 权限', 'says remove isaiah from Salesforce'],
    ['撤销 diego 对 ServiceNow 的访问权限', 'says remove diego from ServiceNow'],
    ['3月31日取消李娜的 Salesforce 权限', 'says remove 李娜 from Salesforce on 3月31日'],
    ['停用 adele 的 Salesforce 账号', 'may say remove adele from Salesforce'],
    ['王伟周五离职', 'may say offboard 王伟 starting "周五" · offboard 王伟周五'],
    ['办理王伟离职，3月31日', 'says offboard 王伟 on 3月31日'],
    ['关闭 diego 的所有账号', 'may say offboard diego'],
    // history
    ['历史记录', 'says history'],
    ['adele 的历史记录', 'says history adele'],
    ['查看 Salesforce 自周一以来的历史记录', 'says history Salesforce since 周一'],
    ['Salesforce 最近7天的记录', 'says history Salesforce since 7天'],
    ['历史记录 最近7天', 'says history since 7天'],
    ['adele 的历史记录 最近7天', 'says history adele since 7天'],
    ['历史记录 adele 过去7天', 'says history adele since 7天'],
    ['李娜已经有 Salesforce 的权限', 'may say check 李娜 in Salesforce'],
    ['李娜有 Salesforce 权限了吗？', 'may say check 李娜 in Salesforce'],
    ['从11月1日起 adele 在 Salesforce 的记录', 'says history "adele in Salesforce" since 11月1日'],
    ['谁给 isaiah 开通了 Salesforce？', 'may say history "isaiah in Salesforce"'],
    ['grady 发生了什么？', 'may say history grady'],
    ['R7K3MQ 是谁批准的？', 'may say show R7K3MQ'],
    ['我的申请', 'says requests'],
    ['导出11月1日以来的历史记录', 'says export history since 11月1日'],
    ['历史记录 第2页', 'says history page 2'],
    // other words
    ['收回 diego 的 GitHub 访问权限', 'says remove diego from GitHub'],
    ['从 GitHub 移出 diego', 'says remove diego from GitHub'],
    ['禁用 diego 的 GitHub 账号', 'may say remove diego from GitHub'],
    ['注销 diego 的 GitHub 账号', 'may say remove diego from GitHub'],
    ['取消预配 diego', 'says incomplete: remove diego'],
    ['续期 R7K3MQ 到12月31日', 'says extend R7K3MQ until 12月31日'],
    ['延期 R7K3MQ 两周', 'says extend R7K3MQ for 两周'],
    ['再试一次 R7K3MQ', 'says retry R7K3MQ'],
    ['排队情况', 'says queue'],
    ['应用列表', 'says apps'],
    ['关注 Salesforce', 'says watch Salesforce'],
    ['取消关注 Salesforce', 'says unwatch Salesforce'],
    ['重启 Salesforce', 'says repair Salesforce'],
    ['测试 Salesforce 的连接', 'says test Salesforce'],
    ['准了 R7K3MQ', 'may say approve R7K3MQ'],
    ['批准R7K3MQ吧', 'says approve R7K3MQ'],
    ['批准Ｒ７Ｋ３ＭＱ', 'says approve R7K3MQ'],
    ['审批通过 R7K3MQ，到3月31日为止', 'says approve R7K3MQ until 3月31日'],
    ['历史记录 adele 自周一 第 2 页', 'says history adele since 周一 page 2'],
    ['自周一', 'says history since 周一'],
    ['暂停 Zscaler 为期 2 周', 'says pause Zscaler for 2 周'],
    ['暂停 Zscaler 到 18:00', 'says pause Zscaler until 18:00'],
    ['静音 22:00 到 7:00', 'says quiet 22:00 to 7:00'],
    ['帮我把 adele 预配到 Salesforce 吧', 'says provision user adele to Salesforce'],
    ['帮我预配 adele 到 Salesforce', 'says provision user adele to Salesforce'],
    ['为我申请 Salesforce 权限', 'says request access for me to Salesforce'],
    ['预配 isaiah 到 Sales 套件', 'says provision user isaiah to "the Sales kit"'],
    ['你好', 'says help'],
  ])('is read: %s', (line, expected) => {
    const read = readIn('zh-Hans', line);

    expect(read).toBe(expected);
  });

  it.each([
    ['provision adele to Salesforce', '预配 adele 到 Salesforce'],
    ['provision users adele, isaiah to Salesforce', '预配用户 adele, isaiah 到 Salesforce'],
    ['provision group Sales to Salesforce', '预配组 Sales 到 Salesforce'],
    ['remove adele from Salesforce', '从 Salesforce 移除 adele'],
    ['remove users from Salesforce', '从 Salesforce 移除用户'],
    ['offboard adele', '办理离职 adele'],
    ['offboard users', '办理离职用户'],
    ['ends', '即将到期'],
    ['extend R7K3MQ until 31 March', '延长 R7K3MQ 到 3月31日'],
    ['end R7K3MQ now', '立即结束 R7K3MQ'],
    ['done by hand R7K3MQ', '已手动完成 R7K3MQ'],
    ['verify removal R7K3MQ', '核实移除 R7K3MQ'],
    ['test Salesforce', '测试 Salesforce'],
    ['pause Salesforce for 2 weeks', '暂停 Salesforce，为期 2 周'],
    ['pause Salesforce until 18:00', '暂停 Salesforce，到18:00为止'],
    ['start Salesforce', '启动 Salesforce'],
    ['pause and provision adele to Salesforce', '暂停并预配 adele 到 Salesforce'],
    ['repair Salesforce', '修复 Salesforce'],
    ['lift the quarantine of Salesforce', '解除隔离 Salesforce'],
    ['retry the failures of Salesforce', '重试失败项 Salesforce'],
    ['forget the failures of Salesforce', '清除失败项 Salesforce'],
    ['start over Salesforce', '重新开始 Salesforce'],
    ['allow the deletions of Salesforce', '允许删除 Salesforce'],
    ['retry R7K3MQ', '重试 R7K3MQ'],
    ['cancel R7K3MQ', '取消 R7K3MQ'],
    ['cancel all by adele', '全部取消 adele'],
    ['request access for adele to Salesforce', '为 adele 申请 Salesforce 权限'],
    [
      'request access for adele to Salesforce on 1 December until 31 March because he joins Sales',
      '为 adele 申请 Salesforce 权限，从12月1日开始，到3月31日为止，原因：加入销售部',
    ],
    ['request access for adele to Salesforce for 3 months', '为 adele 申请 Salesforce 权限，为期 3 个月'],
    ['request', '申请'],
    ['approve R7K3MQ', '批准 R7K3MQ'],
    ['deny R7K3MQ', '拒绝 R7K3MQ'],
    ['pending', '待审批'],
    ['show R7K3MQ', '查看 R7K3MQ'],
    ['send approvals here', '在此发送审批'],
    ['stop sending approvals', '停止发送审批'],
    ['approval places', '审批位置'],
    ['remove approval place 1f3a9c07', '移除审批位置 1f3a9c07'],
    ['status', '状态'],
    ['status Salesforce', '状态 Salesforce'],
    ['check adele in Salesforce', '检查 adele 在 Salesforce'],
    ['preview adele to Salesforce', '预览 adele 到 Salesforce'],
    ['queue', '队列'],
    ['history', '历史记录'],
    ['history adele since monday page 2', '历史记录 adele 自周一 第 2 页'],
    ['requests', '我的请求'],
    ['access report', '访问报告'],
    ['export history', '导出历史记录'],
    ['watch Salesforce', '监视 Salesforce'],
    ['watch Salesforce failures', '监视失败项 Salesforce'],
    ['unwatch Salesforce', '停止监视 Salesforce'],
    ['unwatch Salesforce failures', '停止监视失败项 Salesforce'],
    ['watch all', '监视全部'],
    ['unwatch all', '停止监视全部'],
    ['quiet 22:00 to 7:00', '静音 22:00 至 7:00'],
    ['quiet off', '关闭静音'],
    ['remove watch 1f3a9c07', '移除监视 1f3a9c07'],
    ['watches', '监视列表'],
    ['watches all', '全部监视列表'],
    ['apps', '应用'],
    ['apps sales', '应用 sales'],
    ['kits', '套件'],
    ['home', '主页'],
    ['whoami', '我是谁'],
    ['help', '帮助'],
    ['help all', '帮助 全部'],
    ['help approve', '帮助 批准'],
    ['language', '语言'],
    ['sign in', '登录'],
    ['sign out', '注销'],
    [
      'request access for adele to Salesforce starting "next monday" until "2027-01-15"',
      '为 adele 申请 Salesforce 权限，从下周一开始，到2027-01-15为止',
    ],
  ])('stands for %s: %s', (english, line) => {
    const [written, read] = [writeLine(english, 'zh-Hans'), readIn('zh-Hans', line)];

    const verbOf = (text: string) => {
      const parsed = parse(text);
      return parsed.kind === 'command' ? parsed.command.verb : parsed.kind;
    };
    expect(written).toBe(line);
    expect(read).toMatch(/^says /);
    expect(verbOf(read.replace(/^says (?:\w+: )?/, ''))).toBe(verbOf(english));
  });
});

describe('a name in Chinese', () => {
  it.each([
    ['给查良镛开通得到', 'may say provision user 查良镛 to 得到'],
    ['检查查良镛', 'says check 查良镛'],
    ['从得到移除查良镛', 'says remove 查良镛 from 得到'],
    ['预配查良镛到得到', 'says provision user 查良镛 to 得到'],
    ['为李明天申请得到权限', 'says request access for 李明天 to 得到'],
    ['为周一鸣申请为知笔记权限', 'says request access for 周一鸣 to 为知笔记'],
    ['将周一鸣预配到向日葵', 'says provision user 周一鸣 to 向日葵'],
    ['把李明天从美的移除', 'says remove 李明天 from 美的'],
    ['移除李和平的美的权限', 'says remove 李和平 from 美的'],
    ['将李和平和王伟预配到 Salesforce', 'says provision users 李和平, 王伟 to Salesforce'],
    ['美的状态', 'says status 美的'],
    ['美的的状态', 'says status 美的'],
    ['为知笔记怎么了', 'may say status 为知笔记'],
    ['嗨学网的状态', 'may say status 学网 · status 嗨学网'],
    ['李明天的历史记录', 'says history 李明天'],
    ['办理离职周一鸣', 'says offboard 周一鸣'],
    ['李明天离职', 'may say offboard 李明天'],
    ['周一鸣周五离职', 'may say offboard 周一鸣 starting "周五" · offboard 周一鸣周五'],
    [
      '为王伟明天申请 Salesforce 权限',
      'may say request access for 王伟 to Salesforce starting 明天 · request access for 王伟明天 to Salesforce',
    ],
    ['给王伟经理开通 Salesforce', 'may say provision user 王伟 to Salesforce · provision user 王伟经理 to Salesforce'],
    ['把“张 三”预配到“为知笔记”', 'says provision user 张 三 to 为知笔记'],
  ])('is read whole, or offered: %s', (line, expected) => {
    const read = readIn('zh-Hans', line);

    expect(read).toBe(expected);
  });
});

describe('a day in a Chinese line', () => {
  it.each([
    ['１２月１日起', 'starting "１２月１日"'],
    ['从下周日起，为期3个月', 'starting "下周日" for 3个月'],
    ['从12月1日至3月31日', 'on 12月1日 until 3月31日'],
    ['12月1日到3月31日为止', 'on 12月1日 until 3月31日'],
    ['两周后开始', 'starting "两周后"'],
    ['大后天', 'starting 大后天'],
    ['下个月1号', 'starting "下个月1号"'],
    ['1号开始，月底结束', 'starting "1号" until 月底'],
    ['为期两周', 'for 两周'],
    ['为期半年', 'for 半年'],
    ['下周开始', 'starting "下周"'],
  ])('is cut off its line: %s', (days, expected) => {
    const read = readIn('zh-Hans', `为 isaiah 申请 Salesforce 权限，${days}`);

    expect(read).toBe(`says request access for isaiah to Salesforce ${expected}`);
  });
});

describe('what is not certain in Chinese', () => {
  it.each([
    // Negations, questions, conditions and reports.
    ['不批准 R7K3MQ', 'may say deny R7K3MQ'],
    ['我不同意 R7K3MQ', 'may say deny R7K3MQ'],
    ['R7K3MQ 不批准', 'may say deny R7K3MQ'],
    ['别批准 R7K3MQ', 'unread'],
    ['先别批准 R7K3MQ', 'unread'],
    ['请不要批准 R7K3MQ', 'unread'],
    ['我没批准 R7K3MQ', 'unread'],
    ['R7K3MQ 未批准', 'unread'],
    ['R7K3MQ 没通过', 'unread'],
    ['R7K3MQ 不可以通过', 'unread'],
    ['R7K3MQ 已批准', 'unread'],
    ['批准 R7K3MQ 吗？', 'unread'],
    ['批准 R7K3MQ，如果 Megan 同意', 'unread'],
    ['不要取消 R7K3MQ', 'unread'],
    ['别把李娜预配到 Salesforce', 'unread'],
    ['不要移除李娜', 'unread'],
    // Words that hold another.
    ['重新启动 Salesforce', 'says repair Salesforce'],
    ['停止监视 Salesforce', 'says unwatch Salesforce'],
    ['暂停并预配 adele 到 Salesforce', 'says pause and provision adele to Salesforce'],
    ['取消 R7K3MQ', 'says cancel R7K3MQ'],
    ['取消李娜的 Salesforce 权限', 'says remove 李娜 from Salesforce'],
    ['撤销李娜在 Salesforce 的权限', 'says remove 李娜 from Salesforce'],
    ['取消', 'says incomplete: cancel'],
    ['谢谢', 'unread'],
    ['好的', 'unread'],
  ])('is not done: %s', (line, expected) => {
    const read = readIn('zh-Hans', line);

    expect(read).toBe(expected);
  });
});
