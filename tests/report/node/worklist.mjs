// Opens the worklist in Chromium and says what it finds: node worklist.mjs CHROMIUM PAGE light|dark
import { chromium } from "playwright-core";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [executablePath, page, colorScheme] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const view = await browser.newPage({ viewport: { width: 1280, height: 720 }, colorScheme });
const said = { errors: [], requests: [] };
view.on("pageerror", (err) => said.errors.push(String(err)));
view.on("console", (line) => line.type() === "error" && said.errors.push(line.text()));
view.on("dialog", (dialog) => { said.errors.push(`dialog ${dialog.message()}`); dialog.dismiss(); });
view.on("request", (request) => request.url().startsWith("file:") || said.requests.push(request.url()));
const numbers = () => view.$$eval("#rows th", (cells) => cells.map((cell) => cell.textContent));

await view.goto(pathToFileURL(page).href);
said.first = (await numbers()).length;
said.links = await view.$$eval("#rows a", (links) => links.map((link) => link.getAttribute("href")));
said.overflow = await view.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
await view.evaluate(axe);
const found = await view.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
said.axe = found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join(", ")}`);
await view.focus("#more");
await view.keyboard.press("Enter");
said.more = (await numbers()).length;
await view.fill("#search", "patient 42");
said.found = await numbers();
await view.fill("#search", "42");
said.found = [...said.found, ...(await numbers()).filter((number) => number === "142")];
await view.fill("#search", "");
await view.selectOption("#look", "1");
said.filtered = (await numbers()).length;
await view.selectOption("#look", "");
await view.selectOption("#order", "new");
said.newest = (await numbers())[0];
console.log(JSON.stringify(said));
await browser.close();
