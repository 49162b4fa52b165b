import type { Browser, Page } from 'playwright-core';
import type { AdaptiveCard } from '../../../src/chat/reply.ts';
import { hostConfigOf, paintOf, type Theme } from './host-configs.ts';

/** A card with the name that findings use for it. */
export interface Exhibit {
  readonly name: string;
  readonly card: AdaptiveCard;
}

/** A page that renders cards with Microsoft's own renderer, and has axe beside it. */
export async function openStage(browser: Browser, width = 600): Promise<Page> {
  const page = await browser.newPage({ viewport: { width, height: 900 } });
  await page.setContent('<!doctype html><html lang="en"><head><title>Cards</title></head><body><main></main></body>');
  // What Teams adds: buttons and fields of its own, more rows of buttons where one is not enough, and long titles cut.
  await page.addStyleTag({
    content: `
      body { margin: 0; }
      .frame { margin: 8px; }
      .ac-pushButton { min-height: 32px; font: inherit; color: inherit; background: none; border: 1px solid currentColor; }
      .ac-actionSet { flex-wrap: wrap; }
      .ac-pushButton, .ac-pushButton * { max-width: 100%; overflow: hidden; text-overflow: ellipsis; }
      .ac-input { box-sizing: border-box; min-height: 32px; font: inherit; }
      .ac-input input[type=checkbox] { width: 32px; height: 32px; margin: 0; }
      table { border-spacing: 0; }`,
  });
  const scripts = ['node_modules/adaptivecards-renderer/dist/adaptivecards.min.js', 'node_modules/axe-core/axe.min.js'];
  for (const path of [...scripts, 'test/e2e/accessibility/page.js']) await page.addScriptTag({ path });
  return page;
}

/** Puts these cards on the page instead of the present ones. */
export async function draw(page: Page, theme: Theme, exhibits: readonly Exhibit[]): Promise<void> {
  const { text, background } = paintOf(theme);
  const cards = exhibits.map(({ card }) => card);
  const names = exhibits.map(({ name }) => name);
  const parameters = [cards, names, hostConfigOf(theme), { text, background }];
  await page.evaluate(`draw(${parameters.map((each) => JSON.stringify(each)).join(', ')})`);
}

/** The answer to one of the questions of page.js: a line for each finding. */
export async function ask(page: Page, question: string): Promise<string[]> {
  const answer: unknown = await page.evaluate(question);
  if (!Array.isArray(answer)) throw new Error(`${question} answers ${JSON.stringify(answer)}`);
  return answer.map(String);
}
