// Puts the pictures of pages together on contact sheets, to be looked at by people.
//   node tests/judges/sheet.mjs FOLDER OUT PATTERN [COLUMNS] [HEIGHT_MAX]
// FOLDER has NAME-WIDTH-SCHEME.png, such as target/tmp/pages/en after the test `door::judged`; PATTERN chooses by name.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { default: puppeteer } = await import(require.resolve('puppeteer-core'));
const [folder, out, pattern, columns = '6', tall = '900'] = process.argv.slice(2);
const names = fs.readdirSync(folder).filter((name) => name.endsWith('.png') && new RegExp(pattern).test(name)).sort();
const PER_SHEET = Number(columns) * 2;
const browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
const page = await browser.newPage();
for (let first = 0; first < names.length; first += PER_SHEET) {
  const cells = names.slice(first, first + PER_SHEET).map((name) => {
    const data = fs.readFileSync(path.join(folder, name)).toString('base64');
    return `<figure><figcaption>${name}</figcaption><div><img src="data:image/png;base64,${data}"></div></figure>`;
  });
  await page.setViewport({ width: Number(columns) * 330, height: 600 });
  await page.setContent(`<style>body{margin:0;background:#888;display:grid;grid-template-columns:repeat(${columns},1fr);gap:6px;font:12px sans-serif}
    figure{margin:0;min-width:0}figcaption{background:#ff8;padding:2px}div{max-height:${tall}px;overflow:hidden}img{width:100%;display:block}</style>${cells.join('')}`);
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewport({ width: Number(columns) * 330, height });
  await page.screenshot({ path: `${out}-${1 + first / PER_SHEET}.png` });
}
await browser.close();
