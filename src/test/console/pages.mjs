// Each page, as each person: how it looks, and how a keyboard reaches it.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { check, fault } from './faults.mjs';
import { as, narrow, people, rekey, wide } from './people.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// A page, and a link on it to one thing.
const things = [
  ['/console/credentials', 'table.rows a[href*="/console/credentials/"]'],
  ['/console/rotations', 'main a[href*="/console/rotations/"]'],
  ['/console/findings', 'table a[href*="/console/findings/"]'],
  ['/console/history', 'td a[href*="/console/history/"]'],
  ['/console/policies', 'a[href$="/console/policies/preview"]'],
];

// The pictures that docs/console.md shows.
const pictures = {
  'console-wide': 'console.png',
  'console-credentials-one-wide': 'console-credential.png',
  'console-history-narrow': 'console-narrow.png',
};

// What a filter takes that is no subject.
const values = { days: '1', target: 'sandbox' };

const menuOf = page => page.$$eval('.menu a', links => links.map(link => link.getAttribute('href')));

/** The pages of the menu, and one page of each thing that they list. */
async function paths(page) {
  const menu = await menuOf(page);
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

async function look(person, screen, docs) {
  // axe-core is a script that the policy of the pages refuses.
  await as(person, { ...screen, bypassCSP: true }, async page => {
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
  });
}

/** Opens each page and searches in it, by keyboard alone. */
async function visit(person, options) {
  await as(person, options, async (page, keyboard) => {
    for (const path of await menuOf(page)) {
      const what = `${path} as ${person}, ${options.name}`;
      await keyboard.follow(`.menu a[href="${path}"]`);
      check(new URL(page.url()).pathname === path, `${what}: leads to ${page.url()}`);
      check((await page.$$('script:not([src]), style, [style]')).length === 0, `${what}: has an inline script or style`);
      const [, selector] = things.find(([of]) => of === path) ?? [];
      if (selector && await page.$(selector)) {
        await keyboard.follow(selector);
        check(page.url() !== rekey + path, `${what}: ${selector} leads nowhere`);
        await page.goBack();
      }
      await search(page, keyboard, what);
    }
  });
}

/** Chooses the first value that a filter of the page has, and the URL then has it. */
async function search(page, keyboard, what) {
  const form = 'form[method=get]';
  if (!(await page.$(form))) {
    return;
  }
  const field = `${form} :is(input:not([type=hidden]), select)`;
  await keyboard.tabTo(field);
  const name = await page.evaluate(() => document.activeElement.name);
  const value = values[name] ?? 'apps/crm/connectors/okta';
  await page.keyboard.type(value);
  await keyboard.tabTo(`${form} button`);
  await page.keyboard.press('Enter');
  await page.waitForURL(url => new URL(url).searchParams.get(name)?.endsWith(value)).catch(() =>
    fault(`${what}: the filter ${name} is not in ${page.url()}`));
}

export async function pages(docs) {
  for (const person of people) {
    for (const screen of [wide, narrow]) {
      await look(person, screen, docs);
    }
    await visit(person, wide);
    await visit(person, { ...narrow, name: 'narrow, without scripts', javaScriptEnabled: false });
  }
}
