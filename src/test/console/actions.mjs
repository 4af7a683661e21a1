// Each action of the console, by keyboard alone: by each person who may, with scripts at 1440 px, and without scripts
// at 390 px. Who may not is offered no form, and is refused.
import { readdirSync, readFileSync } from 'node:fs';
import { check, fault } from './faults.mjs';
import { as, narrow, people, rekey, wide } from './people.mjs';
import * as states from './states.mjs';

const writers = ['payments', 'admin'];
const nextMonth = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
const decision = { reason: 'checked', until: nextMonth };
const subject = 'apps/crm/connectors/okta';

/**
 * url: the form's, as in its template
 * form: selects it on its page
 * by: who may
 * at: makes the state in which the person can act, and returns the path of the page
 * fields: what the person fills in
 * shows: the message after it
 */
const actions = [
  {
    url: '/console/apps/{app}/connectors/{account}/credentials',
    form: 'form[action*="/connectors/"][action$="/credentials"]',
    by: writers, at: states.connector, shows: 'There is a new credential',
  },
  {
    url: '/console/apps/{app}/connectors/{account}/credentials/{id}',
    form: 'form[action*="/connectors/"][action*="/credentials/"]',
    by: [...writers, 'search'], at: states.connector, fields: { sure: true, force: true }, shows: 'The credential is revoked.',
  },
  {
    url: '/console/organizations/{app}/service-accounts/{account}/credentials/{id}/rotate',
    form: 'form[action$="/rotate"]',
    by: writers, at: states.held, fields: { graceHours: '1', confirmOnFirstUse: true }, shows: 'There is a new credential',
  },
  {
    url: '/console/organizations/{app}/service-accounts/{account}/credentials/{id}/delete',
    form: 'form[action$="/delete"]',
    by: [...writers, 'search'], at: states.account, fields: { sure: true }, shows: 'The credential is deleted.',
  },
  {
    url: '/console/credentials',
    form: 'form[action$="/console/credentials"][method=post]:not(:has(select))',
    by: [...writers, 'search'], at: states.discovered, shows: 'adopted',
  },
  {
    url: '/console/credentials',
    form: 'form[action$="/console/credentials"][method=post]:has(select)',
    by: [...writers, 'search'], at: () => '/console/credentials',
    fields: states.adoptable,
    shows: 'adopted',
  },
  {
    url: '/console/credentials/{id}/pause', form: 'form[action$="/pause"]',
    by: ['admin'], at: states.planned, fields: decision, shows: 'are paused',
  },
  {
    url: '/console/credentials/{id}/resume', form: 'form[action$="/resume"]',
    by: ['admin'], at: states.planned, fields: { reason: 'checked' }, shows: 'go on',
  },
  {
    url: '/console/policies/pause', form: 'form[action$="/pause"]:has([name=subject])',
    by: ['admin'], at: () => '/console/policies', fields: { subject, ...decision }, shows: 'paused',
  },
  {
    url: '/console/policies/resume', form: `form[action$="/resume"]:has([value="${subject}"])`,
    by: ['admin'], at: () => '/console/policies', fields: { reason: 'checked' }, shows: 'are resumed',
  },
  {
    url: '/console/policies/pause', form: 'form[action$="/pause"]:not(:has([name=subject]))',
    by: ['admin'], at: () => '/console/policies', fields: decision, shows: 'paused',
  },
  {
    url: '/console/policies/resume', form: 'form[action$="/resume"]:not(:has([name=subject]))',
    by: ['admin'], at: () => '/console/policies', fields: { reason: 'checked' }, shows: 'is over',
  },
  {
    url: '/console/rotations/{id}/confirm', form: 'form[action$="/confirm"]',
    by: [...writers, 'search'], at: states.unconfirmed, fields: { graceSeconds: 'no time', force: true }, shows: 'The rotation is confirmed.',
  },
  {
    url: '/console/rotations/{id}/revert', form: 'form[action$="/revert"]',
    by: [...writers, 'search'], at: states.unconfirmed, fields: { force: true }, shows: 'The rotation is reverted.',
  },
  {
    url: '/console/rotations/{id}/reissue', form: 'form[action$="/reissue"]',
    by: writers, at: states.unconfirmed, shows: 'The credential is reissued.',
  },
  {
    url: '/console/rotations/{id}/resolve', form: 'form[action$="/resolve"]',
    by: ['admin'], at: states.unknown, fields: { reason: 'no credential was made' }, shows: 'The rotation is resolved.',
  },
  {
    url: '/console/findings/{id}/accept', form: 'form[action$="/accept"]',
    by: [...writers, 'search'], at: states.finding, fields: decision, shows: 'The finding is accepted.',
  },
  {
    url: '/console/findings/{id}/snooze', form: 'form[action$="/snooze"]',
    by: [...writers, 'search'], at: states.finding, fields: decision, shows: 'The finding is snoozed',
  },
  {
    url: '/console/findings/{id}/reopen', form: 'form[action$="/reopen"]',
    by: [...writers, 'search'], at: person => states.finding(person, 'snoozed'), fields: { reason: 'checked' }, shows: 'The finding is open',
  },
  {
    url: '/console/credentials/views', form: 'form[action$="/views"]',
    by: people, at: () => '/console/credentials?overdue=true', fields: { name: 'checked' }, shows: 'saved',
  },
  {
    url: '/console/credentials/views/delete', form: 'form[action$="/views/delete"]',
    by: people, at: () => '/console/credentials', shows: 'deleted',
  },
  {
    url: '/console/webhooks/{id}/redeliver', form: 'form[action$="/redeliver"]',
    by: ['admin'], at: async () => (await states.deadWebhook()) && '/console/webhooks?state=DEAD', shows: 'again',
  },
];

/** Opens what hides the form, fills it in and sends it. */
async function act(page, keyboard, action, person) {
  const hidden = `details:has(${action.form}) > summary`;
  if (await page.$(hidden)) {
    await keyboard.open(hidden);
  }
  const fields = typeof action.fields === 'function' ? await action.fields(person) : action.fields ?? {};
  for (const [name, value] of Object.entries(fields)) {
    await keyboard.fill(`${action.form} [name=${name}]`, value);
  }
  await keyboard.follow(`${action.form} button`);
  const message = await page.$eval('[role=status].note', note =>
    ({ text: note.textContent, hasFocus: document.activeElement === note })).catch(() => null);
  const what = `${action.url} as ${person}`;
  check(message?.text.includes(action.shows), `${what}: ${message?.text ?? await page.innerText('main')}`);
  check(message?.hasFocus, `${what}: the message does not have the focus`);
}

/** Sends the form that the page would have. */
async function refuse(page, action, person, at) {
  const what = `${action.url} as ${person}`;
  const opened = await page.request.get(rekey + at);
  const content = await opened.text();
  await page.goto(rekey + '/console');
  const token = await page.getAttribute('form[action$="/logout"] [name=_csrf]', 'value');
  if (opened.status() === 200) {
    await page.setContent(content);
    check(!(await page.$(action.form)), `${what}: is offered`);
  }
  const ids = at.match(/[0-9a-f-]{36}/g) ?? ['00000000-0000-4000-8000-000000000000'];
  const url = action.url.replace('{app}', action.url.includes('/organizations/') ? 'acme' : 'crm')
    .replace('{account}', action.url.includes('/organizations/') ? 'checkout' : 'okta').replace('{id}', ids[0]);
  const sent = await page.request.post(rekey + url, {
    form: { _csrf: token, ...(action.fields ?? {}), key: crypto.randomUUID(), credentialId: ids[0], upstream: 'conductorone',
      subject, upstreamId: 'okta-seed-credential', sure: 'true', until: `${nextMonth}T10:00` },
    maxRedirects: 0,
  });
  check([403, 404].includes(sent.status()), `${what}: is not refused, but ${sent.status()}`);
}

async function attempt(what, work) {
  try {
    await work();
  } catch (problem) {
    fault(`${what}: ${problem.message}`);
  }
}

/** Each person does what the person may. */
export async function allowed() {
  for (const person of people) {
    for (const options of [wide, { ...narrow, name: 'narrow, without scripts', javaScriptEnabled: false }]) {
      await as(person, options, async (page, keyboard) => {
        for (const action of actions.filter(each => each.by.includes(person))) {
          await attempt(`${action.url} as ${person}, ${options.name}`, async () => {
            await page.goto(rekey + await action.at(person));
            await act(page, keyboard, action, person);
          });
        }
      });
    }
  }
}

/** Nobody does what the person may not. */
export async function refused() {
  const places = new Map();
  for (const action of actions.filter(each => each.by.length < people.length)) {
    places.set(action, await action.at('admin'));
  }
  for (const person of people) {
    await as(person, wide, async page => {
      for (const [action, at] of places) {
        if (!action.by.includes(person)) {
          await attempt(`${action.url} as ${person}`, () => refuse(page, action, person, at));
        }
      }
    });
  }
}

/** A person logs out, and no page of the console comes back. */
export async function logOut() {
  for (const person of people) {
    await as(person, wide, async (page, keyboard) => {
      await keyboard.open('.person > summary');
      await keyboard.follow('form[action$="/logout"] button');
      await page.goBack();
      check(!(await page.content()).includes('class="menu"'), `a page is shown to ${person} after the logout`);
      await page.goto(rekey + '/console');
      check(!page.url().startsWith(rekey), `the console needs no login of ${person} after the logout`);
    });
  }
}

/** The list above has each form of the templates. */
export function complete(templates) {
  const known = new Set([...actions.map(action => action.url), '/console/logout'].map(plain));
  const found = new Set();
  for (const file of readdirSync(templates)) {
    const forms = readFileSync(`${templates}/${file}`, 'utf8').match(/<form[^>]*method="post"[^>]*>/g) ?? [];
    for (const form of forms) {
      for (const [, url] of form.matchAll(/@\{((?:\/(?:[\w-]+|\{\w+\}))+)/g)) {
        found.add(plain(url));
      }
    }
  }
  check(found.size > 0, `${templates} has no forms`);
  found.forEach(url => check(known.has(url), `actions.mjs has no action for ${url}`));
  known.forEach(url => check(found.has(url), `no template has a form for ${url}`));
}

const plain = url => url.replace(/\{[^}]*\}/g, '{}');
