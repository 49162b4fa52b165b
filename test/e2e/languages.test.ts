import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { createMessages } from '../../src/chat/messages.ts';
import { type ChatPage, frameOf, openBrowser, openChat } from './browser.ts';
import { type Demo, startDemo } from './demo.ts';

const pictures = 'docs/images';
const [english, french] = [createMessages('en-US'), createMessages('fr-FR')];
let demo: Demo;
let browser: Browser;
let alex: ChatPage;
let chloe: ChatPage;

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  demo = await startDemo();
  browser = await openBrowser();
  alex = await openChat(browser, demo.addressOf('Alex Wilber'));
  chloe = await openChat(browser, demo.addressOf('Chloé Marchand'));
  await chloe.say('language français');
  await chloe.page
    .getByText(french.plain('language.changed.title', { language: 'français' }))
    .first()
    .waitFor();
});

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

describe('a manager who reads French and an approver who reads English', () => {
  it('ask and decide, and each reads the whole in their own language', async () => {
    await chloe.say('demander l’accès pour elodie à ServiceNow car elle rejoint le support');
    await chloe.cards
      .filter({ hasText: french.plain('access.title.pending') })
      .last()
      .waitFor();
    await alex.page.getByText('Chloé Marchand is asking').first().waitFor();
    await alex.cards.last().getByRole('button', { name: 'Approve' }).click();

    const created = chloe.cards.filter({ hasText: french.plain('verdict.created', { what: 'other' }) }).last();
    await created.waitFor();
    const decided = alex.cards.filter({ hasText: english.plain('verdict.created', { what: 'other' }) }).last();
    await decided.waitFor();
    expect(await created.innerText()).toContain('Alex Wilber');
    expect(await created.innerText()).not.toMatch(/Account|created|Approved|Requested/);
    expect(await decided.innerText()).toContain('Chloé Marchand');
    expect(await decided.innerText()).not.toMatch(/Compte|créé|Demand/);
    await chloe.page.screenshot({ path: `${pictures}/french.png`, clip: await frameOf(chloe) });
  });

  it.each([
    ['pt-BR', 'portuguese', 'status do Zscaler'],
    ['zh-CN', 'chinese', 'Zscaler 状态'],
  ])('read a card in %s once they have chosen that language', async (locale, name, line) => {
    const words = createMessages(locale);
    await chloe.say(`language ${name}`);
    const changed = words.plain('language.changed.text', { source: 'own' });
    await chloe.page.getByText(changed).first().waitFor();

    await chloe.say(line);

    const failing = words.plain('quarantine.connection', { app: 'Zscaler' });
    const card = chloe.cards.filter({ hasText: failing }).last();
    await card.waitFor();
    expect(await card.innerText()).toContain(words.plain('label.next'));
    await chloe.page.screenshot({ path: `${pictures}/${name}.png`, clip: await frameOf(chloe) });
  });
});
