import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { type ChatPage, frameOf, openBrowser, openChat } from './browser.ts';
import { type Demo, startDemo } from './demo.ts';

const pictures = 'docs/images';
let demo: Demo;
let browser: Browser;
let alex: ChatPage;
let megan: ChatPage;

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  demo = await startDemo();
  browser = await openBrowser();
  alex = await openChat(browser, demo.addressOf('Alex Wilber'));
  megan = await openChat(browser, demo.addressOf('Megan Bowen'));
});

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

describe('two users in two windows', () => {
  it('ask and approve: Isaiah is created, and both see it', async () => {
    await megan.say('request access for isaiah to Salesforce because he joins Sales');
    await alex.page.getByText('Megan Bowen is asking').first().waitFor();
    await alex.page.screenshot({ path: `${pictures}/approval.png`, clip: await frameOf(alex) });

    await alex.cards.last().getByRole('button', { name: 'Approve' }).click();

    for (const { cards } of [alex, megan]) {
      const card = cards.filter({ hasText: 'Account created' }).last();
      await card.waitFor();
      const text = await card.innerText();
      expect(text).toContain('Isaiah Langer');
      expect(text).toContain('Alex Wilber');
    }
    await megan.page.screenshot({ path: `${pictures}/approved.png`, clip: await frameOf(megan) });
  });

  it('ask for two people and a kit: one click approves, and six results stand on one card', async () => {
    await megan.say('request access for isaiah and diego to the Sales kit because they join Sales');
    await alex.page.getByText('asks for 6 accounts').first().waitFor();
    await alex.page.screenshot({ path: `${pictures}/approval-several.png`, clip: await frameOf(alex) });

    await alex.cards.last().getByRole('button', { name: 'Approve all 6' }).click();

    for (const { cards } of [alex, megan]) {
      const card = cards.filter({ hasText: '6 of 6 done' }).last();
      await card.waitFor({ timeout: 120_000 });
      expect(await card.innerText()).toContain('Alex Wilber approved 6 of 6.');
    }
    await megan.page.screenshot({ path: `${pictures}/approved-several.png`, clip: await frameOf(megan) });
  });

  it('tick some of a request, and decide on those alone', async () => {
    await megan.say('request access for adele and isaiah to GitHub Enterprise and ServiceNow');
    await alex.page.getByText('asks for 4 accounts').first().waitFor();
    const card = alex.cards.last();
    await card.getByRole('button', { name: 'Decide one by one…' }).click();
    const boxes = card.getByRole('checkbox');
    await boxes.first().waitFor();

    const sizes = await Promise.all((await boxes.all()).map((box) => box.boundingBox()));
    await boxes.first().check();
    await card.getByRole('button', { name: 'Approve those ticked' }).click();

    // The stage of the accessibility suite draws them as large.
    expect(sizes.map((box) => [box?.width, box?.height])).toEqual(Array.from({ length: 4 }, () => [32, 32]));
    await megan.page.getByText('1 of 4 done and 3 waiting for approval').first().waitFor();
    await alex.page.getByText('Alex Wilber approved 1 of 4.').first().waitFor();
    await card.getByRole('button', { name: 'Deny…' }).click();
    await card.getByRole('button', { name: 'Deny all 3' }).click();
    await megan.page.getByText('1 of 4 done and 3 denied').first().waitFor();
  });

  it('deny with a reason that the requester reads', async () => {
    await megan.say('request access for adele to ServiceNow');
    await alex.page.getByText('Adele Vance in ServiceNow').first().waitFor();
    const card = alex.cards.last();

    await card.getByRole('button', { name: 'Deny…' }).click();
    await card.getByRole('textbox').fill('She has it already');
    await card.getByRole('button', { name: 'Deny this request' }).click();

    await megan.page.getByText('She has it already').first().waitFor();
  });

  it('fill in the form of "request"', async () => {
    await megan.say('request');
    await megan.page.getByText('Or type names or user names').first().waitFor();

    await megan.page.screenshot({ path: `${pictures}/form.png`, clip: await frameOf(megan) });

    expect(await megan.cards.last().getByRole('textbox').count()).toBeGreaterThanOrEqual(2);
  });
});
