import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { type Playground, startPlaygrounds } from '../../src/sandbox/playground.ts';
import { type ChatPage, frameOf, openBrowser, openChat } from './browser.ts';
import { type Demo, startDemo } from './demo.ts';

const pictures = 'docs/images';
let demo: Demo;
let browser: Browser;
let alex: ChatPage;
let megan: ChatPage;
let secondPerson: Playground | undefined;

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  demo = await startDemo({ SANDBOX_REPLICATION_MS: '0' });
  browser = await openBrowser();
  alex = await openChat(browser, demo.addressOf('Alex Wilber'));
  megan = await openChat(browser, demo.addressOf('Megan Bowen'));
});

afterAll(async () => {
  await browser?.close();
  await secondPerson?.stop();
  await demo?.stop();
});

/** As a user of the demo puts its clock ahead. */
async function passes(ahead: string): Promise<void> {
  const { status } = await fetch('http://127.0.0.1:3979/_sandbox/clock', {
    method: 'POST',
    body: JSON.stringify({ ahead }),
  });
  expect(status).toBe(204);
}

describe('access that ends, in two windows', () => {
  it('is asked for with its end, approved, and proven to have ended when its time has come', async () => {
    await megan.say('request access for isaiah to GitHub for 8 hours because he reviews the release');
    await alex.page.getByText('Megan Bowen is asking').first().waitFor();
    await alex.cards.last().getByRole('button', { name: 'Approve' }).click();
    await megan.cards.filter({ hasText: 'Account created' }).last().waitFor();

    await passes('8h');

    const card = megan.cards.filter({ hasText: 'Access has ended' }).last();
    await card.waitFor({ timeout: 60_000 });
    expect(await card.innerText()).toContain('Microsoft’s provisioning service has confirmed it');
    await megan.page.screenshot({ path: `${pictures}/ended.png`, clip: await frameOf(megan) });
  });
});

describe('people who leave', () => {
  it('are taken out of an app after a card that asks', async () => {
    await alex.say('remove adele from Salesforce');
    await alex.page.getByText('Remove Adele Vance from Salesforce?').first().waitFor();
    await alex.page.screenshot({ path: `${pictures}/removal.png`, clip: await frameOf(alex) });

    await alex.cards.last().getByRole('button', { name: 'Remove from Salesforce' }).click();

    await alex.cards.filter({ hasText: 'Removed: account disabled' }).last().waitFor({ timeout: 60_000 });
  });

  it('are taken out of all their apps once a second person has confirmed it, and not by the person who asked', async () => {
    const peopleFile = pathToFileURL(resolve('test/e2e/.m365agentsplayground.patti.yml')).href;
    const endpoint = 'http://127.0.0.1:3978/api/messages';
    [secondPerson] = await startPlaygrounds({ endpoint, firstPort: 56_170, peopleFiles: [peopleFile] });
    const patti = await openChat(browser, secondPerson?.address ?? '');

    await alex.say('offboard diego');
    await alex.page.getByText('An approver has to confirm this').first().waitFor();
    const buttons = (await alex.cards.last().getByRole('button').allInnerTexts()).join();
    await patti.page.getByText('It needs a second person').first().waitFor();
    await patti.cards.last().getByRole('button', { name: 'Confirm removal' }).click();

    expect(buttons).toContain('Cancel');
    expect(buttons).not.toContain('Confirm removal');
    for (const { cards } of [alex, patti]) {
      const card = cards.filter({ hasText: '7 accounts: 7 removed' }).last();
      await card.waitFor({ timeout: 90_000 });
      expect(await card.innerText()).toContain('Confirmed by Patti Fernandez');
    }
  });
});
