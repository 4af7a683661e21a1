// Drives each client through its mint route under every fault of the sandbox, and counts the mints.
import { conductorOne } from './conductorone.mjs';
import { keycard, keycardPython } from './keycard.mjs';
import { Sandbox } from './sandbox.mjs';
import { tap } from './tap.mjs';

const STATUSES = [400, 401, 403, 404, 408, 409, 422, 429, 500, 501, 502, 503, 504];
// Longer than Rekey waits for a mint, which the script run sets to 3 s.
const TOO_LONG_MS = 4000;

const sandbox = new Sandbox(process.env.SANDBOX_URL);
const gate = await tap(process.env.REKEY_URL);
const chosen = process.argv[2] ?? '';
let lastSubject = 0;

function variants({ upstream, operation, fault }) {
  switch (fault) {
    case 'status':
      return STATUSES.map((status) => ({
        label: `status ${status}`,
        status,
        ...(status === 429 && { retryAfter: '1' }),
      }));
    case 'delay':
      return [
        { label: 'delay', delayMs: 500 },
        { label: 'delay, client gives up', delayMs: 1500, patienceMs: 1000 },
        { label: 'delay, Rekey gives up', delayMs: TOO_LONG_MS },
      ];
    default:
      return [{ label: fault, delayMs: 500 }];
  }
}

async function call(client, retries, patienceMs) {
  const subject = client.subject(++lastSubject);
  const token = await sandbox.callerToken();
  gate.forget();
  const result = await client.mint({ url: gate.url, token, subject, retries, patienceMs });
  return { subject: subject.path, result, requests: gate.answers() };
}

/** The first calls of a cold JVM can take longer than the short limits of this run allow. */
async function warmUp(client) {
  for (let tries = 0; (await call(client, 'off')).result !== 'secret' && tries < 10; tries++);
}

/** The operations that a mint calls when Rekey has no access token. */
async function operationsOf(client) {
  await sandbox.revokeTokens();
  const before = (await sandbox.calls()).length;
  await healthy(client, 'off');
  const made = (await sandbox.calls()).slice(before).filter((made) => made.authenticated);
  return new Set(made.map((made) => made.operation));
}

async function healthy(client, retries) {
  const { subject, result, requests } = await call(client, retries);
  const mints = await sandbox.mintsOf(subject);
  if (result !== 'secret' || requests.length !== 1 || mints !== 1) {
    throw new Error(`${client.name} without a fault: ${result}, ${requests}, ${mints} mints`);
  }
}

async function useOtherRoutes(client) {
  const subject = client.subject(++lastSubject);
  const wrong = await client.otherRoutes({
    url: gate.url,
    token: await sandbox.callerToken(),
    subject,
  });
  if (wrong.length > 0) {
    throw new Error(`${client.name}: not as at its vendor: ${wrong.join(', ')}`);
  }
}

async function faulty(client, retries, offer, { label, patienceMs, ...members }, times) {
  if (offer.operation === 'token') {
    await sandbox.revokeTokens();
  }
  const before = (await sandbox.calls()).length;
  await sandbox.fault({ ...offer, ...members, ...(times && { times }) });
  const { subject, result, requests } = await call(client, retries, patienceMs);
  const reached = (await sandbox.calls())
    .slice(before)
    .some((made) => made.operation === offer.operation && made.authenticated);
  // Effects that come late count, too.
  await new Promise((resolve) => setTimeout(resolve, (members.delayMs ?? 0) + 200));
  await sandbox.clearFaults();
  const mints = await sandbox.mintsOf(subject);
  const name = `${offer.operation}: ${label}`;
  return { client: client.name, retries, name, times, result, requests, mints, reached };
}

function print({ client, retries, name, times, result, requests, mints, reached }) {
  const sent = `${requests.length}: ${requests.join(' ')}`;
  const made = mints > 1 ? `**${mints}**` : mints;
  const fault = reached ? name : `${name} (not reached)`;
  console.log(`| ${client} | ${retries} | ${fault} | ${times ?? 'all'} | ${result} | ${sent} | ${made} |`);
}

async function run(client) {
  await warmUp(client);
  await useOtherRoutes(client);
  const operations = await operationsOf(client);
  const offers = (await sandbox.offers()).filter(
    (offer) => offer.upstream === client.upstream && operations.has(offer.operation),
  );
  const rows = [];
  for (const retries of ['off', 'on']) {
    await healthy(client, retries);
    for (const offer of offers) {
      for (const variant of variants(offer)) {
        for (const times of [1, undefined]) {
          rows.push(await faulty(client, retries, offer, variant, times));
          print(rows.at(-1));
        }
      }
    }
  }
  return rows;
}

async function main() {
  const clients = [await conductorOne(), await keycard(), keycardPython()].filter((client) =>
    client.name.includes(chosen),
  );
  if (clients.length === 0) {
    throw new Error(`No client is named ${chosen}`);
  }
  await sandbox.seed(2000);
  console.log('| client | retries | fault | calls with the fault | result | requests to Rekey, responses | mints |');
  console.log('| --- | --- | --- | --- | --- | --- | --- |');
  const rows = [];
  for (const client of clients) {
    rows.push(...(await run(client)));
  }
  const repeated = rows.filter((row) => row.mints > 1);
  const unreached = rows.filter((row) => !row.reached);
  console.log(`\n${rows.length} calls, ${repeated.length} of them with more than one mint`);
  if (unreached.length > 0) {
    console.log(`${unreached.length} calls did not reach their fault`);
  }
  return repeated.length > 0 ? 1 : unreached.length > 0 ? 2 : 0;
}

const status = await main().catch((error) => {
  console.error(error);
  return 2;
});
process.exit(status);
