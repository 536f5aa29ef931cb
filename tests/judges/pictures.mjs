// The pictures of README.md and docs/email.md, sharp on any screen: an email and the pages of a newsletter.
//   node tests/judges/pictures.mjs EMAIL.html HOME ISSUE OUT [FONTS]
// EMAIL.html is what `coranto preview FILE --html` prints; HOME and ISSUE are addresses of the front page and of the
// issue of a `coranto demo` that runs. FONTS is a folder with serif*.woff2 and sans*.woff2, which stand for Georgia and the system's sans-serif where
// the machine has neither.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { default: puppeteer } = await import(require.resolve('puppeteer-core'));
const [email, home, issue, out, fonts] = process.argv.slice(2);
const HEIGHT = 1000;
const WIDTHS = { email: 700, page: 760 };

const faces = () => {
  const face = (family, file, more) => {
    const data = fs.readFileSync(path.join(fonts, file)).toString('base64');
    return `@font-face{font-family:'${family}';src:url(data:font/woff2;base64,${data}) format('woff2');${more}}`;
  };
  const of = (families, name) => families.flatMap((family) => [
    face(family, `${name}.woff2`, 'font-weight:400'),
    face(family, `${name}-bold.woff2`, 'font-weight:500 900'),
    ...(fs.existsSync(path.join(fonts, `${name}-italic.woff2`)) ? [face(family, `${name}-italic.woff2`, 'font-style:italic')] : []),
  ]);
  return [...of(['Georgia'], 'serif'), ...of(['-apple-system', 'Segoe UI', 'Helvetica Neue', 'Roboto', 'Noto Sans'], 'sans')].join('\n');
};

const browser = await puppeteer.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
const page = await browser.newPage();
await page.setBypassCSP(true);

async function shoot(name, width, scheme, open, height = HEIGHT) {
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
  await page.setViewport({ width, height, deviceScaleFactor: 2 });
  await open();
  if (fonts) {
    await page.addStyleTag({ content: faces() });
    // No face can stand for the generic family, so what asks for it asks for the sans-serif by name.
    await page.evaluate(() => {
      const asks = (element) => getComputedStyle(element).fontFamily.startsWith('system-ui');
      [...document.querySelectorAll('*')].filter(asks).forEach((element) => { element.style.fontFamily = "'Segoe UI'"; });
      return document.fonts.ready;
    });
  }
  const png = await page.screenshot();
  if (name) fs.writeFileSync(path.join(out, `${name}.png`), png);
  return `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
}

const letter = () => page.setContent(fs.readFileSync(email, 'utf8'), { waitUntil: 'load' });
const at = (address) => () => page.goto(address, { waitUntil: 'load' });
const light = await shoot('mail-light', WIDTHS.email, 'light', letter);
await shoot('mail-dark', WIDTHS.email, 'dark', letter);
await shoot('page-home', WIDTHS.page, 'light', at(home));
await shoot('page-issue-dark', WIDTHS.page, 'dark', at(issue));
const dark = await shoot(null, WIDTHS.page, 'dark', at(home));
const sheets = [[light, WIDTHS.email], [dark, WIDTHS.page]]
  .map(([picture, width]) => `<img src="${picture}" width="${width}">`).join('');
const desk = `<style>body{margin:0;background:#d9d4cb;display:flex;gap:40px;padding:40px 40px 0}
  img{border-radius:10px 10px 0 0;box-shadow:0 12px 40px #0003;display:block}</style>${sheets}`;
await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'light' }]);
await page.setViewport({ width: WIDTHS.email + WIDTHS.page + 120, height: HEIGHT - 100, deviceScaleFactor: 2 });
await page.setContent(desk, { waitUntil: 'load' });
fs.writeFileSync(path.join(out, 'newsletter.png'), await page.screenshot());
await browser.close();
