// Judges public pages as they come from a running server, each in one Chromium that all judges share.
//
//   node pages.mjs PAGES.json OUT_DIR        with NODE_PATH at the packages of package.json; CHROMIUM names the browser
//
// PAGES.json: [{"name", "url", "status": 200, "lighthouse": false, "scripted": false}]. Prints a line per finding and a
// table at the end, leaves screenshots in OUT_DIR, and exits 1 when anything is wrong.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const require = createRequire(path.join(process.env.NODE_PATH ?? process.cwd(), 'package.json'));
const load = async (name) => import(require.resolve(name));
const [pagesFile, out] = process.argv.slice(2);
const pages = JSON.parse(fs.readFileSync(pagesFile, 'utf8'));
fs.mkdirSync(out, { recursive: true });

const { default: puppeteer } = await load('puppeteer-core');
const { HtmlValidate } = await load('html-validate');
const { default: pa11y } = await load('pa11y');
const { default: lighthouse } = await load('lighthouse');
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

// A page's own bytes: what a reader on a slow line waits for before anything shows.
const HTML_BYTES_MAX = 15 * 1024;
const ISSUE_BYTES_MAX = 50 * 1024;
const WIDTHS = [320, 768, 1280];
const SCHEMES = ['light', 'dark'];

const validator = new HtmlValidate({
  root: true,
  extends: ['html-validate:recommended', 'html-validate:a11y', 'html-validate:document'],
  rules: {
    'void-style': 'off', // HTML has both spellings
    'no-trailing-whitespace': 'off', // nobody sees it
    'long-title': 'off', // the editor's own words
    'require-sri': 'off', // everything comes from the same host
  },
});

let findings = 0;
const rows = [];
const wrong = (page, judge, text) => {
  findings += 1;
  console.log(`FAIL ${page} ${judge}: ${text}`);
};

const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking'],
});

// What a reader's browser does: the policy of content is in force, and every request is seen.
async function visit(entry) {
  const page = await browser.newPage();
  const origin = new URL(entry.url).origin;
  const console_ = [];
  page.on('console', (message) => {
    if (['error', 'warn'].includes(message.type())) console_.push(message.text());
  });
  page.on('pageerror', (error) => console_.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith(origin) && !request.url().startsWith('data:')) {
      wrong(entry.name, 'third party', request.url());
    }
  });
  const answer = await page.goto(entry.url, { waitUntil: 'networkidle0' });
  const html = await answer.text();
  const status = entry.status ?? 200;
  if (answer.status() !== status) wrong(entry.name, 'status', `${answer.status()}, not ${status}`);
  // Chromium itself reports a page that is an error, which is what was asked for.
  const said = console_.filter((text) => !(status >= 400 && /status of \d+/.test(text)));
  for (const text of said) wrong(entry.name, 'console', text);
  const bytes = Buffer.byteLength(html);
  const limit = entry.article ? ISSUE_BYTES_MAX : HTML_BYTES_MAX;
  if (bytes > limit) wrong(entry.name, 'size', `${bytes} bytes of HTML, more than ${limit}`);
  const cookies = await page.cookies();
  if (cookies.length > 0) wrong(entry.name, 'cookies', cookies.map((c) => c.name).join(' '));
  if (!entry.scripted && /<script\b/i.test(html)) wrong(entry.name, 'script', 'the page has one');
  if (/\sstyle="/i.test(html) && !entry.article) wrong(entry.name, 'style', 'the page has inline style');
  await page.close();
  return { html, bytes };
}

async function accessible(entry) {
  const page = await browser.newPage();
  await page.setBypassCSP(true);
  let violations = 0;
  for (const scheme of SCHEMES) {
    for (const width of WIDTHS) {
      await page.setViewport({ width, height: 900, deviceScaleFactor: 1 });
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
      await page.goto(entry.url, { waitUntil: 'networkidle0' });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      if (wide > width) wrong(entry.name, 'reflow', `${wide} px wide in a window of ${width}`);
      await page.screenshot({ path: path.join(out, `${entry.name}-${width}-${scheme}.png`), fullPage: true });
      if (width === 768) continue;
      await page.evaluate(axe);
      const found = await page.evaluate(async () => (await globalThis.axe.run(document)).violations);
      for (const violation of found) {
        violations += 1;
        const where = violation.nodes.map((node) => node.target.join(' ')).slice(0, 3).join(', ');
        wrong(entry.name, `axe ${scheme} ${width}`, `${violation.id}: ${violation.help} (${where})`);
      }
    }
  }
  // 400 % zoom of a window of 1280 px is a window of 320 px; this is the rest of WCAG 1.4.12: text spacing.
  await page.setViewport({ width: 320, height: 900 });
  await page.addStyleTag({
    content: '* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-bottom: 2em !important }',
  });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  if (wide > 320) wrong(entry.name, 'text spacing', `${wide} px wide in a window of 320`);
  // A pointer needs 24 px at least (WCAG 2.5.8); our own rule is 44 px for everything that acts.
  const small = await page.evaluate(() =>
    [...document.querySelectorAll('button, input:not([type=hidden]):not([type=checkbox]):not([type=radio]), select, textarea')]
      .filter((node) => node.getClientRects().length > 0 && !node.closest('[aria-hidden=true]'))
      .filter((node) => node.getBoundingClientRect().height < 44)
      .map((node) => `${node.tagName.toLowerCase()} ${node.name || node.textContent.trim()}`));
  for (const node of small) wrong(entry.name, 'target size', `${node} is lower than 44 px`);
  await page.close();
  return violations;
}

async function strangers(entry) {
  const page = await browser.newPage();
  await page.setBypassCSP(true);
  const result = await pa11y(entry.url, {
    browser, page, runners: ['axe', 'htmlcs'], standard: 'WCAG2AA', includeWarnings: false, timeout: 60_000,
  });
  for (const issue of result.issues) wrong(entry.name, 'pa11y', `${issue.code}: ${issue.message} (${issue.selector})`);
  await page.close();
  return result.issues.length;
}

const AIMS = { accessibility: 100, 'best-practices': 100, seo: 100, performance: 95 };

async function beacon(entry) {
  const page = await browser.newPage();
  // It looks by scripts of its own, which the policy of our pages forbids as it does all others.
  await page.setBypassCSP(true);
  const run = await lighthouse(entry.url, { logLevel: 'error', onlyCategories: Object.keys(AIMS) }, undefined, page);
  await page.close();
  const scores = {};
  for (const [category, aim] of Object.entries(AIMS)) {
    const { score, auditRefs } = run.lhr.categories[category];
    scores[category] = Math.round((score ?? 0) * 100);
    if (scores[category] >= aim) continue;
    const low = auditRefs.map((ref) => run.lhr.audits[ref.id])
      .filter((audit) => audit.score !== null && audit.score < 1 && audit.scoreDisplayMode !== 'informative')
      .map((audit) => `${audit.id}${audit.displayValue ? ` ${audit.displayValue}` : ''}`);
    wrong(entry.name, 'lighthouse', `${category} ${scores[category]}: ${low.join(', ')}`);
  }
  return Object.values(scores).join('/');
}

for (const entry of pages) {
  const { html, bytes } = await visit(entry);
  const report = await validator.validateString(html);
  const messages = report.results.flatMap((result) => result.messages);
  for (const message of messages) wrong(entry.name, 'html-validate', `${message.line}:${message.ruleId} ${message.message}`);
  const violations = await accessible(entry);
  const issues = entry.pa11y === false ? '-' : await strangers(entry);
  const scores = entry.lighthouse ? await beacon(entry) : '-';
  rows.push([entry.name, bytes, messages.length, violations, issues, scores]);
  console.log(`page ${rows.at(-1).join(' ')}`);
}
await browser.close();

console.log('\npage | HTML bytes | html-validate | axe | pa11y | Lighthouse accessibility/best practices/SEO/performance');
for (const row of rows) console.log(row.join(' | '));
console.log(findings === 0 ? `\nall ${pages.length} pages pass` : `\n${findings} findings`);
process.exit(findings === 0 ? 0 : 1);
