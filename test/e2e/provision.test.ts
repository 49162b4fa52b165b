import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { type ChatPage, frameOf, openBrowser, openChat } from './browser.ts';
import { type Demo, startDemo } from './demo.ts';

const pictures = 'docs/images';
let demo: Demo;
let browser: Browser;
let chat: ChatPage;

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  demo = await startDemo();
  browser = await openBrowser();
  chat = await openChat(browser, demo.addressOf('Alex Wilber'));
});

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

describe('the demo in a browser', () => {
  it('turns "provision user isaiah@contoso.com to Salesforce" into one card that ends with the outcome and each step', async () => {
    const before = await chat.cards.count();

    await chat.say('provision user isaiah@contoso.com to Salesforce');
    await chat.page.getByText('Account created').waitFor();

    expect(await chat.cards.count()).toBe(before + 1);
    const card = chat.cards.last();
    const text = await card.innerText();
    expect(text).toContain('Isaiah Langer in Salesforce');
    for (const step of ['Find the account', 'in scope', 'Look for a match', 'Write to Salesforce'])
      expect(text).toContain(step);
    await chat.page.screenshot({ path: `${pictures}/provision.png`, clip: await frameOf(chat) });
  });

  it('shows what changed behind "Show details"', async () => {
    const card = chat.cards.last();
    expect(await card.getByText('What changed').isVisible()).toBe(false);

    await card.getByText('Show details').click();

    expect(await card.getByText('What changed').isVisible()).toBe(true);
  });

  it('asks which Lee, and the choice becomes the request on the same card', async () => {
    await chat.say('provision lee to Salesforce');
    await chat.page.getByText('lee.parker@contoso.com').waitFor();
    const before = await chat.cards.count();
    await chat.page.screenshot({ path: `${pictures}/picker.png`, clip: await frameOf(chat) });

    await chat.cards.last().getByRole('button', { name: 'Choose' }).first().click();
    await chat.page.getByText('Lee Gu in Salesforce').waitFor();
    await chat.page.getByText('Lee Gu now has an account in Salesforce.').waitFor();

    expect(await chat.cards.count()).toBe(before);
  });

  it('runs the line that "Did you mean" offers with one click', async () => {
    await chat.say('provison user adele to salesfroce');
    await chat.page.getByText('Did you mean this?').waitFor();

    await chat.cards.last().getByText('Yes, do it').click();

    await chat.page.getByText('Adele Vance is already up to date in Salesforce.').waitFor();
    expect(await chat.page.getByText('Did you mean this?').count()).toBe(0);
  });
});

describe('a list in the browser', () => {
  it('asks first, then runs on one card with a bar, and says who was not provisioned and why', async () => {
    const people = [
      'isaiah',
      'adele',
      'grady',
      'diego',
      'megan',
      'patti',
      'alex',
      'lynne',
      'nestor',
      'miriam',
      'lee.gu@contoso.com',
    ];
    await chat.say(`provision users ${people.join(', ')}, zaphod@contoso.com to Salesforce`);
    await chat.page.getByText('Provision 11 people to Salesforce?').first().waitFor();
    const before = await chat.cards.count();

    await chat.cards.last().getByRole('button', { name: 'Provision 11 people' }).click();
    await chat.page.getByText('5 of 11 done').first().waitFor();
    await chat.page.screenshot({ path: `${pictures}/list-running.png`, clip: await frameOf(chat) });
    await chat.page.getByText('12 people:').first().waitFor({ timeout: 60_000 });

    expect(await chat.cards.count()).toBe(before);
    const text = await chat.cards.last().innerText();
    expect(text).toContain('Grady Archie');
    expect(text).toContain('zaphod@contoso.com');
    await chat.page.screenshot({ path: `${pictures}/list.png`, clip: await frameOf(chat) });
  });
});
