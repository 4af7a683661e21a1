// The sandbox's people, their logins, and what each reads by the API.
import { chromium } from 'playwright-core';
import { fault } from './faults.mjs';
import { Keyboard } from './keyboard.mjs';

export const rekey = process.env.REKEY_URL;
export const people = ['payments', 'search', 'viewer', 'auditor', 'admin'];

export const wide = { name: 'wide', viewport: { width: 1440, height: 900 }, colorScheme: 'light' };
export const narrow = { name: 'narrow', viewport: { width: 390, height: 844 }, colorScheme: 'dark' };

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});

export const close = () => browser.close();

/** Runs work in a browser in which a person has logged in, by keyboard alone. Reports the browser's errors. */
export async function as(person, options, work) {
  const { name, ...settings } = options;
  const context = await browser.newContext(settings);
  const page = await context.newPage();
  const what = `${person}, ${name}`;
  page.on('console', message => {
    if (message.type() === 'error' && message.location().url.startsWith(rekey)) {
      fault(`${what}: ${message.text()}`);
    }
  });
  page.on('response', response => {
    if (response.url().startsWith(rekey) && response.status() >= 400) {
      fault(`${what}: ${response.status()} ${response.url()}`);
    }
  });
  const keyboard = new Keyboard(page);
  await page.goto(rekey + '/console');
  await keyboard.type('input[name=username]', person);
  await keyboard.type('input[name=password], input[type=password]', `${person}-secret`);
  await page.keyboard.press('Enter');
  await page.waitForURL(rekey + '/console**');
  await work(page, keyboard);
  await context.close();
}
