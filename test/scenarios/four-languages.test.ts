import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { MessageKey, MessageValues } from '../../src/chat/messages.ts';
import { createMessages } from '../../src/chat/messages.ts';
import type { Language } from '../../src/languages.ts';
import { apps } from '../../src/sandbox/tenant/applications.ts';
import { abroad, people } from '../../src/sandbox/tenant/people.ts';
import { createLeapingClock } from '../support/clock.ts';
import { type Somebody, startTestUsher, type TestUsher } from '../support/usher.ts';

jest.setTimeout(60_000);

const clock = createLeapingClock();
const hour = 60 * 60_000;

/** What a manager, an approver and the helpdesk type in their own language; `ID` stands for the request. */
interface Lines {
  readonly locale: string;
  readonly language: Language;
  readonly manager: Somebody;
  readonly report: { readonly id: string; readonly alias: string };
  readonly provision: string;
  readonly request: string;
  readonly requestUntil: string;
  readonly approve: string;
  readonly deny: string;
  readonly cancel: string;
  readonly check: string;
  readonly status: string;
  readonly remove: string;
  readonly end: string;
  readonly pending: string;
  readonly history: string;
  readonly help: string;
}

const english = { id: people.isaiah.id, alias: 'isaiah' };
const languages: readonly Lines[] = [
  {
    ...{ locale: 'en-US', language: 'en', manager: people.megan, report: english },
    provision: 'provision isaiah to Salesforce',
    request: 'request access for isaiah to ServiceNow because of the new project',
    requestUntil: 'request access for isaiah to ServiceNow for 8 hours',
    ...{ approve: 'approve ID', deny: 'deny ID because there is no license', cancel: 'cancel ID' },
    ...{ check: 'check isaiah in Salesforce', status: 'status Zscaler', remove: 'remove adele from Salesforce' },
    ...{ end: 'end ID now', pending: 'pending', history: 'history isaiah', help: 'help' },
  },
  {
    ...{ locale: 'fr-FR', language: 'fr', manager: abroad.chloe, report: { id: abroad.elodie.id, alias: 'elodie' } },
    provision: 'approvisionner elodie dans Salesforce',
    request: 'demander l’accès pour elodie à ServiceNow car elle rejoint le projet',
    requestUntil: 'demander l’accès à ServiceNow pour elodie pendant 8 heures',
    ...{ approve: 'approuver ID', deny: 'refuser ID car il n’y a pas de licence', cancel: 'annuler ID' },
    ...{ check: 'vérifier elodie dans Salesforce', status: 'état Zscaler', remove: 'retirer adele de Salesforce' },
    ...{ end: 'terminer ID maintenant', pending: 'en attente', history: 'historique de elodie', help: 'aide' },
  },
  {
    ...{ locale: 'pt-BR', language: 'pt-BR', manager: abroad.thiago, report: { id: abroad.joao.id, alias: 'joao' } },
    provision: 'provisionar joao em Salesforce',
    request: 'solicitar acesso para joao a ServiceNow porque ele entra no projeto',
    requestUntil: 'solicitar acesso do joao ao ServiceNow por 8 horas',
    ...{ approve: 'aprovar ID', deny: 'negar ID, motivo: sem licença', cancel: 'cancelar ID' },
    ...{ check: 'verificar joao em Salesforce', status: 'status do Zscaler', remove: 'remover adele de Salesforce' },
    ...{ end: 'encerrar ID agora', pending: 'pendentes', history: 'histórico de joao', help: 'ajuda' },
  },
  {
    ...{ locale: 'zh-CN', language: 'zh-Hans', manager: abroad.wangWei, report: { id: abroad.liNa.id, alias: '李娜' } },
    provision: '将李娜预配到 Salesforce',
    request: '为李娜申请 ServiceNow 权限，原因：加入项目',
    requestUntil: '为李娜申请 ServiceNow 权限，为期8小时',
    ...{ approve: '批准 ID', deny: '拒绝 ID，原因：没有许可证', cancel: '取消请求 ID' },
    ...{ check: '检查李娜在 Salesforce', status: 'Zscaler 状态', remove: '从 Salesforce 移除 adele' },
    ...{ end: '立即结束 ID', pending: '待审批', history: '李娜的历史记录', help: '帮助' },
  },
];

let teams: TestUsher;
afterEach(() => teams.close());

describe.each(languages)('in $language', (lines) => {
  const words = createMessages(lines.locale, 'UTC');
  const inEnglish = createMessages('en-US', 'UTC');
  const text = (key: MessageKey, values: MessageValues = {}) => words.plain(key, values);

  async function start(): Promise<void> {
    teams = await startTestUsher({
      environment: { PROVISION_WINDOW_MS: '100', PROVISION_GUARD_MS: '10' },
      usherOptions: { assignmentDelaysMs: [100, 200, 400, 800], clock },
    });
  }

  /** A line of the person, whose Teams is in this language. */
  async function says(person: Somebody, line: string): Promise<void> {
    await teams.send({ ...teams.message(person, line), locale: lines.locale });
    await teams.settled();
  }

  const chatOf = (person: Somebody) => `personal-${typeof person === 'string' ? person : person.id}`;
  const cardsOf = (person: Somebody) => {
    const { conversation } = teams.message(person, '') as { readonly conversation: { readonly id: string } };
    return teams.cardsFor(conversation.id);
  };
  const readBy = (person: Somebody) =>
    cardsOf(person)
      .map(({ text: shown }) => shown)
      .join('\n');
  const last = (person: Somebody) => {
    const card = cardsOf(person).at(-1);
    if (card === undefined) throw new Error(`Nothing was posted in ${chatOf(person)}`);
    return card;
  };
  async function presses(person: Somebody, title: string): Promise<void> {
    await teams.press(person, last(person), title);
    await teams.settled();
  }
  const idRead = (person: Somebody) => {
    const found = [...readBy(person).matchAll(/\b([0-9A-HJKMNP-TV-Z]{6})\b/g)].at(-1)?.[1];
    if (found === undefined) throw new Error(`No request id in: ${readBy(person)}`);
    return found;
  };
  const named = (line: string, id: string) => line.replace('ID', id);

  it('a person is provisioned', async () => {
    await start();

    await says('alex', lines.provision);

    expect(last('alex').text).toContain(text('verdict.created', { what: 'other' }));
    expect(teams.sandbox.tenant.account(apps.salesforce.id, lines.report.id)).toMatchObject({ active: true });
  });

  it('a manager asks, and an approver who reads English approves: each reads their own language', async () => {
    await start();
    await teams.say('patti', 'whoami');
    await teams.settled();

    await says(lines.manager, lines.request);
    const asked = last(lines.manager).text;
    const card = last('patti');
    await teams.press('patti', card, 'Approve');
    await teams.settled();

    expect(asked).toContain(text('access.title.pending'));
    expect(card.text).toContain(inEnglish.plain('access.label.reason'));
    expect(readBy('patti')).toContain('Account created');
    expect(readBy(lines.manager)).toContain(text('verdict.created', { what: 'other' }));
  });

  it('an approver decides by a line', async () => {
    await start();
    await says('patti', lines.help);
    await says(lines.manager, lines.request);
    const id = idRead(lines.manager);

    await says('patti', lines.pending);
    const waiting = last('patti').text;
    await says('patti', named(lines.deny, id));

    expect(waiting).toContain('ServiceNow');
    expect(readBy(lines.manager)).toContain(text('access.title.denied'));
    expect(teams.sandbox.stats().calls).toBe(0);
  });

  it('an approver approves by a line', async () => {
    await start();
    await says('patti', lines.help);
    await says(lines.manager, lines.request);

    await says('patti', named(lines.approve, idRead(lines.manager)));

    expect(readBy(lines.manager)).toContain(text('verdict.created', { what: 'other' }));
  });

  it('a manager withdraws a request', async () => {
    await start();
    await says(lines.manager, lines.request);

    await says(lines.manager, named(lines.cancel, idRead(lines.manager)));

    expect(readBy(lines.manager)).toContain(text('access.title.cancelled'));
  });

  it('a person and an app are checked', async () => {
    await start();

    await says('lynne', lines.status);
    const status = last('lynne').text;
    await says('lynne', lines.check);
    const check = last('lynne').text;
    await says('alex', lines.provision);
    await says('lynne', lines.history);

    expect(status).toContain('Zscaler');
    expect(status).toContain(text('label.next'));
    expect(check).toContain('Salesforce');
    expect(last('lynne').text).toContain(text('verdict.created', { what: 'other' }));
  });

  it('a person is removed from an app, once a card was confirmed', async () => {
    await start();

    await says('alex', lines.remove);
    const before = teams.sandbox.requests.filter(({ method }) => method === 'DELETE').length;
    await presses('alex', text('button.removeAccounts', { count: 1, app: 'Salesforce' }));

    expect(before).toBe(0);
    expect(last('alex').text).toContain(text('verdict.removed'));
    expect(teams.sandbox.tenant.isAssigned(apps.salesforce.id, people.adele.id)).toBe(false);
  });

  it('access ends by itself, and by a line before its time', async () => {
    await start();
    await says('patti', lines.help);
    const isAssigned = () => teams.sandbox.tenant.isAssigned(apps.serviceNow.id, lines.report.id);
    teams.sandbox.tenant.unassign(apps.serviceNow.id, lines.report.id);

    await says(lines.manager, lines.requestUntil);
    await says('patti', named(lines.approve, idRead(lines.manager)));
    const given = isAssigned();
    clock.leap(9 * hour);
    await teams.settled();
    const ended = isAssigned();
    const told = readBy(lines.manager);
    await says(lines.manager, lines.requestUntil);
    const id = idRead(lines.manager);
    await says('patti', named(lines.approve, id));
    await says(lines.manager, named(lines.end, id));

    expect([given, ended]).toEqual([true, false]);
    expect(told).toContain(text('endNote.verified.title'));
    expect(isAssigned()).toBe(false);
  });

  it('the help shows lines that this language reads', async () => {
    await start();

    await says('alex', lines.help);

    expect(last('alex').text).toContain(text('help.title'));
    expect(last('alex').text).toContain(text('help.chapter.provision'));
  });
});
