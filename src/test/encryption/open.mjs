// Rotates once for each key, opens the response, and logs in with the secret. Exits with 1 at the first difference.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { compactDecrypt, importJWK } from 'jose';

const { REKEY_URL, SANDBOX_URL, TOKEN } = process.env;
const post = (url, body, headers) =>
  fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) });
const rotate = (kid) =>
  post(`${REKEY_URL}/api/v1/apps/connectors/credentials`, { appId: 'crm', connectorId: 'okta' },
    { Authorization: `Bearer ${TOKEN}`, 'Rekey-Encrypt-To': kid });

for (const [kid, jwk] of Object.entries(JSON.parse(readFileSync(process.argv[2])))) {
  const response = await rotate(kid);
  const text = await response.text();
  assert.equal(response.status, 200, text);
  assert.equal(response.headers.get('content-type'), 'application/jose');
  const { plaintext, protectedHeader } = await compactDecrypt(text, await importJWK(jwk, jwk.alg));
  assert.deepEqual({ ...protectedHeader, epk: undefined },
    { alg: jwk.alg, enc: 'A256GCM', kid, cty: 'json', epk: undefined });
  const { clientId, clientSecret } = JSON.parse(new TextDecoder().decode(plaintext)).credential;
  const verified = await (await post(`${SANDBOX_URL}/control/verify`, { clientId, clientSecret })).json();
  assert.equal(verified.valid, true);
  console.log(`${kid}: ${protectedHeader.alg} with ${protectedHeader.enc} opened, and the secret works`);
}
const refused = await rotate('unknown');
assert.equal(refused.status, 422);
console.log(`unknown: ${(await refused.json()).title}`);
