import { readFileSync, writeFileSync } from 'node:fs';
import { openBrowser } from '../test/e2e/browser.ts';

/** Draws the icons from the SVGs beside them: `node manifest/draw-icons.ts`, when those have changed. */
const icons = [
  { name: 'color', size: 192 },
  { name: 'outline', size: 32 },
] as const;

const browser = await openBrowser();
try {
  for (const { name, size } of icons) {
    const page = await browser.newPage({ viewport: { width: size, height: size } });
    const svg = readFileSync(new URL(`${name}.svg`, import.meta.url), 'utf8');
    await page.setContent(`<style>body { margin: 0 } svg { display: block }</style>${svg}`);
    writeFileSync(new URL(`${name}.png`, import.meta.url), await page.screenshot({ omitBackground: true }));
  }
} finally {
  await browser.close();
}
