// Opens each page of the console as each person, with and without scripts, and acts by keyboard alone.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const rekey = process.env.REKEY_URL;
const docs = process.argv[2];
const people = ['payments', 'search', 'viewer', 'auditor', 'admin'];
const screens = [
  { name: 'wide', viewport: { width: 1440, height: 900 }, colorScheme: 'light' },
  { name: 'narrow', viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
];
// A page, and a link on it to one thing.
const things = [
  ['/console/credentials', 'table.rows a[href*="/console/credentials/"]'],
  ['/console/rotations', 'a[href*="/console/rotations/"]'],
  ['/console/findings', 'a[href*="/console/findings/"]'],
  ['/console/history', 'td a[href*="/console/history/"]'],
];

// The pictures that docs/console.md shows.
const pictures = {
  'console-wide': 'console.png',
  'console-credentials-one-wide': 'console-credential.png',
  'console-history-narrow': 'console-narrow.png',
};

let faults = 0;
function fault(text) {
  faults++;
  console.error('FAULT', text);
}
function check(condition, text) {
  if (!condition) {
    fault(text);
  }
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});

/** A browser in which a person has logged in, by keyboard alone. */
async function logIn(person, options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const problems = [];
  page.on('console', message => {
    if (message.type() === 'error' && message.location().url.startsWith(rekey)) {
      problems.push(message.text());
    }
  });
  page.on('response', response => {
    if (response.url().startsWith(rekey) && response.status() >= 400) {
      problems.push(response.status() + ' ' + response.url());
    }
  });
  await page.goto(rekey + '/console');
  await page.focus('input[name=username]');
  await page.keyboard.type(person);
  await page.keyboard.press('Tab');
  await page.keyboard.type(person + '-secret');
  await page.keyboard.press('Enter');
  await page.waitForURL(rekey + '/console**');
  return { context, page, problems };
}

/** The pages of the menu, and one page of each thing that they list. */
async function paths(page) {
  const menu = await page.$$eval('.menu a', links => links.map(link => link.getAttribute('href')));
  const found = [...menu];
  for (const [path, selector] of things) {
    if (menu.includes(path)) {
      await page.goto(rekey + path);
      const link = await page.$(selector);
      if (link) {
        found.push(await link.getAttribute('href'));
      }
    }
  }
  return found;
}

const name = path => path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, 'one').replace(/\W+/g, '-').replace(/^-|-$/g, '');

async function look(person, screen) {
  // axe-core is a script that the policy of the pages refuses.
  const { context, page, problems } = await logIn(person, { ...screen, bypassCSP: true });
  for (const path of await paths(page)) {
    const what = `${path} as ${person}, ${screen.name}`;
    await page.goto(rekey + path, { waitUntil: 'load' });
    await page.waitForTimeout(300);
    await page.screenshot({ path: `${person}-${name(path)}-${screen.name}.png`, fullPage: true });
    const kept = person === 'admin' && pictures[`${name(path)}-${screen.name}`];
    if (kept) {
      await page.screenshot({ path: `${docs}/${kept}` });
    }
    check((await page.$$('h1')).length === 1, `${what}: there is not one h1`);
    check(
      await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
      `${what}: scrolls sideways`);
    await page.addScriptTag({ content: axe });
    const violations = await page.evaluate(async () =>
      (await axe.run()).violations.map(each => `${each.impact} ${each.id} ${each.nodes[0].target}`));
    violations.forEach(each => fault(`${what}: ${each}`));
  }
  problems.forEach(each => fault(`${person}, ${screen.name}: ${each}`));
  await context.close();
}

async function withoutScripts(person) {
  const { context, page, problems } = await logIn(person, { javaScriptEnabled: false, viewport: screens[0].viewport });
  for (const path of await paths(page)) {
    const response = await page.goto(rekey + path);
    check(response.status() === 200, `${path} as ${person}, without scripts: ${response.status()}`);
    check((await page.$$('script:not([src]), style, [style]')).length === 0, `${path}: has an inline script or style`);
  }
  problems.forEach(each => fault(`${person}, without scripts: ${each}`));
  await context.close();
}

/** Presses Tab until an element has the focus. */
async function tabTo(page, selector) {
  for (let i = 0; i < 200; i++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(wanted => document.activeElement.matches(wanted), selector)) {
      const outline = await page.evaluate(() => {
        const style = getComputedStyle(document.activeElement);
        return style.outlineStyle + parseFloat(style.outlineWidth);
      });
      check(!outline.startsWith('none') && !outline.endsWith('0'), `the focus on ${selector} is not visible`);
      return;
    }
  }
  fault(`no Tab leads to ${selector}`);
}

/** An admin resolves the rotation of unknown outcome, with the keyboard alone. */
async function resolveByKeyboard() {
  const { context, page, problems } = await logIn('admin', screens[0]);
  await tabTo(page, '.menu a[href="/console/rotations"]');
  await page.keyboard.press('Enter');
  await page.waitForURL(rekey + '/console/rotations');
  await tabTo(page, 'main a[href*="/console/rotations/"]');
  await page.keyboard.press('Enter');
  await page.waitForURL(/rotations\/[0-9a-f-]{36}/);
  await tabTo(page, 'details.action:has(form[action$="/resolve"]) > summary');
  await page.keyboard.press('Enter');
  await tabTo(page, 'form[action$="/resolve"] [name=reason]');
  await page.keyboard.type('No credential was made, as the upstream shows');
  await tabTo(page, 'form[action$="/resolve"] button');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.note.good');
  problems.forEach(each => fault(`resolve: ${each}`));
  await context.close();
}

/** A person logs out, and no page of the console comes back. */
async function logOut() {
  const { context, page } = await logIn('payments', screens[0]);
  await page.click('.person > summary');
  await page.click('.person form button');
  await page.waitForURL(rekey + '/console/login/ended');
  await page.goBack();
  check(!(await page.content()).includes('class="menu"'), 'a page is shown after the logout');
  await page.goto(rekey + '/console');
  check(!page.url().startsWith(rekey), 'the console needs no login after the logout');
  await context.close();
}

for (const person of people) {
  for (const screen of screens) {
    await look(person, screen);
  }
  await withoutScripts(person);
}
await logOut();
await resolveByKeyboard();
await browser.close();
console.log(faults === 0 ? 'The console is as it should be' : `${faults} faults`);
process.exit(faults === 0 ? 0 : 1);
