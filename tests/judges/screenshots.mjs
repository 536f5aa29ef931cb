// Pictures of rendered mails as readers may see them, to be looked at by people.
//   node tests/judges/screenshots.mjs FOLDER OUT [CHROMIUM]
// FOLDER has NAME.html files, such as target/tmp/judges after the test `judges::every_mail_passes_its_judges`.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { default: puppeteer } = await import(require.resolve('puppeteer-core'));
const [folder, out, chromium = '/usr/bin/chromium'] = process.argv.slice(2);
// The longest mail is cut here: below, it looks as it does above.
const HEIGHT_MAX = 2400;
const plain = (html) => html;
const stripped = (html) => html.replace(/<style[\s\S]*?<\/style>/g, '');
const imageless = (html) => html.replace(/(<img\b[^>]*?)src="[^"]*"/g, '$1src=""');
const looks = [
  ['light', 700, 'light', plain],
  ['dark', 700, 'dark', plain],
  ['stripped', 700, 'light', stripped],
  ['images-off', 700, 'light', imageless],
  ['phone', 320, 'light', plain],
];
// Stands for every picture: those of a mail lie on a server that does not run here.
const picture = `<svg xmlns="http://www.w3.org/2000/svg" width="1120" height="700"><rect width="1120" height="700" fill="#8fb3cc"/>
  <circle cx="860" cy="170" r="80" fill="#f2d38b"/><path d="M0 700V520l300-200 240 160 220-130 360 220v130z" fill="#4d6b57"/></svg>`;
fs.mkdirSync(out, { recursive: true });

async function shoot(args, wanted) {
  const browser = await puppeteer.launch({ executablePath: chromium, args: ['--no-sandbox', '--disable-gpu', ...args] });
  const page = await browser.newPage();
  await page.setRequestInterception(true);
  page.on('request', (request) => {
    if (request.resourceType() === 'image') request.respond({ contentType: 'image/svg+xml', body: picture });
    else request.continue();
  });
  for (const file of fs.readdirSync(folder).filter((name) => name.endsWith('.html'))) {
    const html = fs.readFileSync(path.join(folder, file), 'utf8');
    for (const [look, width, scheme, change] of wanted) {
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
      await page.setViewport({ width, height: 600 });
      await page.setContent(change(html), { waitUntil: 'load' });
      const tall = await page.evaluate(() => document.documentElement.scrollHeight);
      // As large a window instead of a picture beyond its edge, which is shifted where a mail runs from right to left.
      await page.setViewport({ width, height: Math.min(tall, HEIGHT_MAX) });
      await page.screenshot({ path: path.join(out, `${path.basename(file, '.html')}-${look}.png`) });
    }
  }
  await browser.close();
}

await shoot([], looks);
await shoot(['--enable-features=WebContentsForceDark'], [['forced-dark', 700, 'light', plain]]);
