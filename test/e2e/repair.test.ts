import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { type ChatPage, frameOf, openBrowser, openChat } from './browser.ts';
import { type Demo, startDemo } from './demo.ts';

const pictures = 'docs/images';
let demo: Demo;
let browser: Browser;
let alex: ChatPage;

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  demo = await startDemo({ SANDBOX_REPLICATION_MS: '0' });
  browser = await openBrowser();
  alex = await openChat(browser, demo.addressOf('Alex Wilber'));
});

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

async function tellSandbox(path: 'clock' | 'jobs', body: object): Promise<void> {
  const { ok } = await fetch(`http://127.0.0.1:3979/_sandbox/${path}`, { method: 'POST', body: JSON.stringify(body) });
  expect(ok).toBe(true);
}

/** Clicks the button on the newest card with this text, once it is there. */
async function click(card: string, button: string): Promise<void> {
  await alex.cards.filter({ hasText: card }).last().getByRole('button', { name: button }).click({ timeout: 60_000 });
}

describe('an app in quarantine, from “it is broken” to “it runs”', () => {
  it('is tested, fixed, tested again, lifted and provisioned to, by buttons', async () => {
    await alex.say('status Zscaler');
    await click('In quarantine', 'Test the credentials');
    await alex.cards.filter({ hasText: 'Zscaler: the test failed' }).last().waitFor();
    await tellSandbox('jobs', { app: 'Zscaler', credentials: 'working' });

    await click('the test failed', 'Try again');
    await click('Zscaler: the test passed', 'What can be done');
    await click('Zscaler: what can be done', 'Lift the quarantine');
    await alex.cards.filter({ hasText: 'Lift the quarantine of Zscaler?' }).last().waitFor();
    await alex.page.screenshot({ path: `${pictures}/repair.png`, clip: await frameOf(alex) });
    await click('Lift the quarantine of Zscaler?', 'Lift the quarantine');
    await alex.cards.filter({ hasText: 'Usher watches the job until a cycle has ended' }).last().waitFor();
    await tellSandbox('clock', { ahead: '2m' });

    await alex.cards.filter({ hasText: 'Zscaler is out of quarantine' }).last().waitFor({ timeout: 90_000 });
    await alex.say('provision adele to Zscaler');
    const result = alex.cards.filter({ hasText: 'Account created' }).last();
    await result.waitFor({ timeout: 60_000 });
    expect(await result.innerText()).toContain('Zscaler');
  });
});
