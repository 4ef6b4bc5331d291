/* Opens a report in Chromium as a file and says what a reader would meet.
   Usage: node look.mjs CHROMIUM PAGE.html WIDTH light|dark — prints one JSON object. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
const [executablePath, path, width, colorScheme] = process.argv.slice(2);
const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];
const browser = await chromium.launch({ executablePath, args });
const page = await (await browser.newContext({ viewport: { width: Number(width), height: 900 }, colorScheme })).newPage();
const errors = [];
const requests = [];
page.on('pageerror', (error) => errors.push(error.message));
page.on('console', (message) => { if (message.type() === 'error') errors.push(message.text()); });
page.on('request', (request) => { if (!request.url().startsWith('file:')) requests.push(request.url()); });
page.on('dialog', async (dialog) => { errors.push('dialog: ' + dialog.message()); await dialog.dismiss(); });
await page.goto(pathToFileURL(path).href);
await page.waitForFunction(() => [...document.querySelectorAll('.chart')].every((chart) => chart.querySelector('svg')), null, { timeout: 60000 });

const charts = await page.evaluate(() => [...document.querySelectorAll('.chart')].map((chart) => chart.id));
/* what a therapist sees at 1280 × 720 without scrolling */
const numbersEnd = await page.evaluate(() => Math.max(0, ...[...document.querySelectorAll('.tile .big')].map((number) => number.getBoundingClientRect().bottom)));
const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
/* tables in plain sight, and the diary's texts, that need a swipe */
await page.evaluate(() => document.querySelectorAll('#diary details').forEach((fold) => { fold.open = true; }));
const swipes = await page.evaluate(() =>
  [...document.querySelectorAll('.scroll')]
    .filter((e) => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1)
    .map((e) => e.getAttribute('aria-label')));

/* by keyboard alone: the day before is reached and chosen, a folded table is opened */
let keyboard = null;
if (await page.$('#day-back')) {
  const before = await page.textContent('#day-words');
  await page.focus('#day-back');
  await page.keyboard.press('Enter');
  const after = await page.textContent('#day-words');
  const first = await page.textContent('#day-table tbody tr th');
  keyboard = { before, after, first };
}
await page.focus('#breaks summary');
await page.keyboard.press('Enter');
const opened = await page.evaluate(() => document.querySelector('#breaks details').open);

await page.emulateMedia({ media: 'print' });
await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
const paper = await page.evaluate(() => ({
  ground: getComputedStyle(document.body).backgroundColor,
  line: document.querySelector('#chart-bands .bars path')?.style.fill,
  open: [...document.querySelectorAll('details.paper')].every((fold) => fold.open),
}));
await page.evaluate(() => dispatchEvent(new Event('afterprint')));
await page.emulateMedia({ media: 'screen', colorScheme });

await page.evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
const found = await page.evaluate(async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
  .map((violation) => ({ id: violation.id, impact: violation.impact, where: violation.nodes[0].html.slice(0, 200) })));
await browser.close();
console.log(JSON.stringify({ charts, numbersEnd, overflow, swipes, errors, requests, keyboard, opened, paper, axe: found }));
