/* Opens visit mode in Chromium as a file, turns its pages by the arrow keys, prints it, and says what was met.
   Usage: node present.mjs CHROMIUM PAGE.html light|dark [FOLDER] — prints one JSON object; pictures go into FOLDER. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
const [executablePath, path, colorScheme, folder] = process.argv.slice(2);
const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];
const browser = await chromium.launch({ executablePath, args });
const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, colorScheme, reducedMotion: 'reduce' });
const page = await context.newPage();
const errors = [];
const requests = [];
page.on('pageerror', (error) => errors.push(error.message));
page.on('console', (message) => { if (message.type() === 'error') errors.push(message.text()); });
page.on('request', (request) => { if (!request.url().startsWith('file:')) requests.push(request.url()); });
page.on('dialog', async (dialog) => { errors.push('dialog: ' + dialog.message()); await dialog.dismiss(); });
await page.goto(pathToFileURL(path).href);
await page.waitForFunction(() => [...document.querySelectorAll('.chart')].every((chart) => chart.querySelector('svg')), null, { timeout: 60000 });

/* the keyboard has the sheet that was turned to, and it has come to rest at the top */
const settled = () => page.waitForFunction(() => {
  const sheet = document.activeElement?.closest('.sheet');
  return sheet && Math.abs(sheet.getBoundingClientRect().top) < 2;
}, null, { timeout: 20000 });

/* the sheet that fills the screen, and how far it is higher than the screen */
const look = () => page.evaluate(() => {
  const [sheet] = [...document.querySelectorAll('.sheet')].filter((one) => Math.abs(one.getBoundingClientRect().top) < 2);
  const sizes = [...(sheet?.querySelectorAll('p, td, dd, h2') ?? [])].filter((one) => !one.closest('footer') && !one.closest('svg'))
    .map((one) => parseFloat(getComputedStyle(one).fontSize));
  return { id: sheet?.id ?? '', over: Math.round((sheet?.getBoundingClientRect().height ?? 0) - innerHeight), smallest: Math.min(...sizes),
    wide: document.documentElement.scrollWidth - innerWidth };
});
const shown = [await look()];
if (folder) await page.screenshot({ path: `${folder}/${colorScheme}-1.png` });
for (const key of ['ArrowRight', 'ArrowDown', 'PageDown']) {
  await page.keyboard.press(key);
  await settled();
  shown.push(await look());
  if (folder) await page.screenshot({ path: `${folder}/${colorScheme}-${shown.length}.png` });
}
const turned = [];
for (const key of ['ArrowRight', 'ArrowLeft', 'Home', 'End', '2']) {
  await page.keyboard.press(key);
  await settled();
  turned.push((await look()).id);
}
await page.evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
const axe = await page.evaluate(async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
  .map((violation) => ({ id: violation.id, impact: violation.impact, where: violation.nodes[0].html.slice(0, 200) })));
// Printed from a narrow window, which has one column where paper has two: how wide the charts are drawn.
await page.setViewportSize({ width: 700, height: 500 });
await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
const drawn = await page.evaluate(() => [...document.querySelectorAll('.cols .chart svg.main-svg')].map((svg) => svg.getBoundingClientRect().width));
await page.evaluate(() => dispatchEvent(new Event('afterprint')));
await page.setViewportSize({ width: 1280, height: 720 });
const paper = await page.pdf({ preferCSSPageSize: true, path: folder ? `${folder}/${colorScheme}.pdf` : undefined });
const pages = (paper.toString('latin1').match(/\/Type\s*\/Page[^s]/g) ?? []).length;
await browser.close();
console.log(JSON.stringify({ shown, turned, errors, requests, axe, pages, drawn }));
