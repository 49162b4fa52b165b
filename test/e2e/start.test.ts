import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { type ChatPage, openBrowser, openChat } from './browser.ts';
import { type Demo, startDemo } from './demo.ts';

let demo: Demo;
let browser: Browser;
let chat: ChatPage;
let manager: ChatPage;

beforeAll(async () => {
  demo = await startDemo();
  browser = await openBrowser();
  chat = await openChat(browser, demo.addressOf('Alex Wilber'));
  manager = await openChat(browser, demo.addressOf('Megan Bowen'));
});

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

const press = (title: string) => chat.cards.last().getByRole('button', { name: title, exact: true }).click();
const pressOn = ({ cards }: ChatPage, hasText: string, title: string) =>
  cards.filter({ hasText }).last().getByRole('button', { name: title, exact: true }).click();

/** Fills in the form that is open: a name, and an app from the list. */
async function fillIn({ page, cards }: ChatPage, person: string, app: string): Promise<void> {
  const form = cards.last();
  await form.getByLabel(/^Or type (?:a name|names)/).fill(person);
  await form.getByRole('combobox', { name: /^Apps/ }).click();
  await page.getByRole('menuitemcheckbox', { name: app, exact: true }).click();
  await page.keyboard.press('Escape');
}

describe('from the empty chat, with no typing but a name', () => {
  it('a helpdesk person provisions by the form of the welcome, which becomes the result', async () => {
    await press('Provision a person');
    await chat.page.getByText('Or type names or user names').waitFor();
    const before = await chat.cards.count();

    await fillIn(chat, 'isaiah@contoso.com', 'Salesforce');
    await press('Provision');

    await chat.page.getByText('Isaiah Langer now has an account in Salesforce.').waitFor();
    expect(await chat.cards.count()).toBe(before);
  });

  it('and finds out by buttons why another one failed, and tries again', async () => {
    await pressOn(chat, 'this is Usher', 'Provision a person');
    await chat.page.getByText('Or type names or user names').waitFor();
    await fillIn(chat, 'grady@contoso.com', 'Salesforce');
    await press('Provision');
    await chat.page.getByText('could not be matched to Grady Archie').first().waitFor();

    await pressOn(chat, 'could not be matched to Grady Archie', 'Check');
    await chat.page.getByText('Look again').first().waitFor();
    const checked = await chat.cards.last().innerText();
    await pressOn(chat, 'took', 'Retry');
    await chat.page
      .getByText(/Asking Microsoft|next in line/)
      .first()
      .waitFor();
    await chat.page.getByText('could not be matched to Grady Archie').first().waitFor();

    expect(checked).toContain('Grady Archie in Salesforce');
  });

  it('a manager asks by the form of the welcome, and an approver decides on the card that arrives', async () => {
    await pressOn(manager, 'this is Usher', 'Request access');
    await manager.page.getByText('Or type names or user names').waitFor();
    await fillIn(manager, 'adele@contoso.com', 'GitHub Enterprise');
    await manager.cards.last().getByRole('button').last().click();
    await manager.page.getByText('Waiting for approval').first().waitFor();

    await chat.page.getByText('Adele Vance in GitHub Enterprise').first().waitFor();
    await pressOn(chat, 'Adele Vance in GitHub Enterprise', 'Approve');

    for (const { page } of [chat, manager]) await page.getByText('Account created').last().waitFor();
  });

  it('and opens from home what is broken', async () => {
    await chat.cards.first().getByRole('button', { name: 'Home', exact: true }).click();
    await chat.page.getByText('What is broken').waitFor();

    await press('Open');

    await chat.page.getByText('Zscaler: In quarantine').last().waitFor();
    await chat.page.getByText('On-demand provisioning does not work').last().waitFor();
  });
});
