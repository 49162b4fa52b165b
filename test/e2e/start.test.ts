import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { type ChatPage, openBrowser, openChat } from './browser.ts';
import { type Demo, startDemo } from './demo.ts';

let demo: Demo;
let browser: Browser;
let chat: ChatPage;

beforeAll(async () => {
  demo = await startDemo();
  browser = await openBrowser();
  chat = await openChat(browser, demo.addressOf('Alex Wilber'));
});

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

const press = (title: string) => chat.cards.last().getByRole('button', { name: title, exact: true }).click();

describe('from the empty chat, with no typing but a name', () => {
  it('a helpdesk person provisions by the form of the welcome, which becomes the result', async () => {
    await press('Provision a person');
    await chat.page.getByText('Or type a name or user name').waitFor();
    const before = await chat.cards.count();
    const form = chat.cards.last();

    await form.getByLabel('Or type a name or user name').fill('isaiah@contoso.com');
    await form.getByRole('combobox', { name: 'Which app?' }).click();
    await chat.page.getByRole('option', { name: 'Salesforce', exact: true }).click();
    await press('Provision');

    await chat.page.getByText('Isaiah Langer now has an account in Salesforce.').waitFor();
    expect(await chat.cards.count()).toBe(before);
  });

  it('and opens from home what is broken', async () => {
    await chat.cards.first().getByRole('button', { name: 'Home', exact: true }).click();
    await chat.page.getByText('What is broken').waitFor();

    await press('Open');

    await chat.page.getByText('Zscaler: In quarantine').last().waitFor();
    await chat.page.getByText('On-demand provisioning does not work').last().waitFor();
  });
});
