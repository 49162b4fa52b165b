import { existsSync } from 'node:fs';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';

/** Where Debian and other systems put their browser; `CHROMIUM` names another path. */
const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A headless Chromium that talks to this machine alone. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? places.find(existsSync);
  if (executablePath === undefined)
    throw new Error('No Chromium found. Install it (Debian: apt-get install chromium) or set CHROMIUM to its path.');
  const quiet = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'];
  const offline = ['--disable-background-networking', '--disable-component-update'];
  return chromium.launch({ executablePath, args: ['--no-sandbox', ...quiet, ...offline] });
}

/** The Playground's chat, as a user uses it. */
export interface ChatPage {
  readonly page: Page;
  say(line: string): Promise<void>;
  /** The bot's messages so far; wait for their words with Playwright's own locators. */
  readonly cards: Locator;
}

export async function openChat(browser: Browser, address: string): Promise<ChatPage> {
  const page = await browser.newPage({ viewport: { width: 1000, height: 1240 }, deviceScaleFactor: 2 });
  await page.goto(address);
  const box = page.locator('[contenteditable=true]').first();
  await box.waitFor();
  // The welcome card arrives on its own; a message typed before it would stand above it.
  await page.getByText('this is Usher').first().waitFor();
  return {
    page,
    cards: page.locator('.ac-adaptiveCard'),
    async say(line) {
      await box.click();
      await box.pressSequentially(line);
      await page.keyboard.press('Enter');
    },
  };
}

/** The last card with some of the chat around it. */
export async function frameOf({ page, cards }: ChatPage) {
  const box = await cards.last().boundingBox();
  if (box === null) throw new Error('the card is not to be seen');
  const view = page.viewportSize() ?? { width: 1000, height: 1240 };
  const top = Math.max(0, box.y - 90);
  return {
    x: 0,
    y: top,
    width: Math.min(view.width, 660),
    height: Math.min(view.height, box.y + box.height + 24) - top,
  };
}
