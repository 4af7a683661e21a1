// Brings Rekey into the states in which people act, by its API and by the sandbox's control routes.
import { rekey } from './people.mjs';

const sandbox = process.env.SANDBOX_URL;
const accounts = '/organizations/acme/service-accounts';
const tokens = new Map();

async function token(client) {
  if (!tokens.has(client)) {
    const response = await fetch(`${sandbox}/oauth2/token`, {
      method: 'POST',
      headers: { authorization: 'Basic ' + Buffer.from(`${client}:${client}-secret`).toString('base64') },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    tokens.set(client, (await response.json()).access_token);
  }
  return tokens.get(client);
}

async function send(method, url, headers, body) {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    body: body && JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

async function api(client, method, path, body) {
  // The routes of Keycard have no prefix.
  return send(method, rekey + (path.startsWith(accounts) ? '' : '/api/v1') + path,
    { authorization: `Bearer ${await token(client)}`, 'idempotency-key': crypto.randomUUID() }, body);
}

async function required(client, method, path, body) {
  const answer = await api(client, method, path, body);
  if (answer.status >= 300) {
    throw new Error(`${method} ${path} as ${client}: ${answer.status} ${answer.text}`);
  }
  return answer;
}

const items = async (client, path) => JSON.parse((await required(client, 'GET', path)).text).items;
const control = (path, body) => send('POST', `${sandbox}/control${path}`, {}, body);

/** Asks until the answer is not empty. */
async function awaits(what, ask) {
  for (let i = 0; i < 400; i++) {
    const found = await ask();
    if (found) {
      return found;
    }
    await new Promise(done => setTimeout(done, 250));
  }
  throw new Error(`there is no ${what}`);
}

/** What each person who may change something has. */
const own = {
  payments: { account: 'checkout', connector: 'okta' },
  search: { account: 'indexer', connector: 'github' },
  admin: { account: 'checkout', connector: 'okta' },
};

const credentialPage = id => `/console/credentials/${id}`;
const rotationPage = id => `/console/rotations/${id}`;

async function created(person) {
  const path = `${accounts}/${own[person].account}/credentials`;
  const answer = await required(person, 'POST', path, { name: 'checked' });
  return { id: JSON.parse(answer.text).id, path, page: answer.headers.get('Rekey-Credential-Id') };
}

/** The page of an active credential at Keycard. */
export const account = async person => credentialPage((await created(person)).page);

/** The page of the latest credential at ConductorOne. */
export async function connector(person) {
  const answer = await required(person, 'POST', '/apps/connectors/credentials',
    { appId: 'crm', connectorId: own[person].connector });
  return credentialPage(answer.headers.get('Rekey-Credential-Id'));
}

/** The page of a rotation that waits for its confirmation. */
export async function unconfirmed(person) {
  const { id, path } = await created(person);
  const answer = await required(person, 'POST', `${path}/${id}/rotate`, {});
  return rotationPage(answer.headers.get('Rekey-Rotation-Id'));
}

/** The page of a rotation of unknown outcome that Rekey cannot find out. */
export async function unknown() {
  await control('/faults', { upstream: 'conductorone', operation: 'rotate', fault: 'reset-after', times: 1 });
  await api('payments', 'POST', '/apps/connectors/credentials', { appId: 'crm', connectorId: 'jira' });
  const [rotation] = await items('admin', '/rotations?state=UNKNOWN&subject=apps/crm/connectors/jira');
  await awaits('rotation to resolve', async () =>
    JSON.parse((await required('admin', 'GET', `/rotations/${rotation.id}`)).text).possible.includes('resolve'));
  return rotationPage(rotation.id);
}

const subject = person => `organizations/acme/service-accounts/${own[person].account}`;

const madeOutside = person =>
  items(person, `/credentials?origin=DISCOVERED&status=ACTIVE&sort=-createdAt&subject=${subject(person)}`);

/** Makes credentials outside Rekey: one for each adoption, and one that stays a finding. */
export async function prepare() {
  for (const [person, adoptions] of [['payments', 4], ['search', 2]]) {
    await control('/seed', { serviceAccount: own[person].account, credentials: adoptions });
    await awaits(`discovered credentials of ${person}`, async () => (await madeOutside(person)).length > adoptions);
  }
}

/** The page of a credential that was made outside Rekey. */
export const discovered = async person => credentialPage((await madeOutside(person))[0].id);

/** The page of the credential that a delivery target has. */
export async function held(person) {
  const known = (await items(person, `/credentials?status=ACTIVE&subject=${subject(person)}`))
    .filter(each => each.deliveredAt).sort((a, b) => a.deliveredAt.localeCompare(b.deliveredAt));
  return known.length > 0 ? credentialPage(known.at(-1).id) : account(person);
}

/** The fields that adopt a credential at Keycard. */
export async function adoptable(person) {
  return { upstream: 'keycard', subject: subject(person), upstreamId: (await created(person)).id };
}

/** The page of a credential whose subject a policy rotates. */
export async function planned() {
  const found = await items('admin', '/credentials?waitsFor=DUE_TIME,FIRST_SLOT,WINDOW,RETRY,TURN,ROTATION,PAUSE&sort=-createdAt&subject=apps/crm/connectors/okta');
  return found.length > 0 ? credentialPage(found[0].id) : connector('admin');
}

/** The page of a finding that a person may decide about. */
export async function finding(person, state) {
  const search = `kind=made-past-rekey&state=open,accepted,snoozed&sort=since&subject=${subject(person)}`;
  const found = await awaits(`finding of ${person}`, async () => (await items(person, `/findings?${search}`))[0]);
  const path = `/findings/${found.id}`;
  if (found.state !== 'open') {
    await required(person, 'POST', `${path}/reopen`, {});
  }
  if (state === 'snoozed') {
    await required(person, 'POST', `${path}/snooze`, { until: new Date(Date.now() + 3_600_000).toISOString() });
  }
  return `/console${path}`;
}

export const deadWebhook = async () =>
  awaits('dead webhook', async () => (await items('admin', '/webhook-deliveries?state=DEAD'))[0]);
