// Calls three routes with the client that openapi-typescript generated. Each @ts-expect-error fails the compilation if the
// client accepts what the contract forbids.
import { strict as assert } from 'node:assert';
import { randomUUID } from 'node:crypto';
import createClient from 'openapi-fetch';
import type { components, paths } from './rekey.js';

type Rotation = components['schemas']['Rotation'];
type Problem = components['schemas']['Problem'];

const SUBJECT = 'organizations/acme/service-accounts/checkout';
// Some routes can also respond with CSV, with fewer members, or encrypted. This client asks for none of these.
type Media = 'application/json' | 'application/problem+json';
const rekey = createClient<paths, Media>({
  baseUrl: process.env.REKEY_URL!,
  headers: { Authorization: `Bearer ${process.env.TOKEN}` },
});

async function findCredential(): Promise<string> {
  const { data } = await rekey.GET('/api/v1/credentials', {
    params: { query: { subject: [SUBJECT], status: ['ACTIVE'], limit: 1 } },
  });
  const [credential] = data!.items;
  assert.equal(credential!.status, 'ACTIVE');
  assert.equal(credential!.expiresAt, null);
  return credential!.upstreamId;
}

const ROTATE = '/organizations/{organization_id}/service-accounts/{service_account_id}/credentials/{upstreamId}/rotate';

async function rotate(upstreamId: string): Promise<string> {
  const options = {
    params: {
      path: { organization_id: 'acme', service_account_id: 'checkout', upstreamId },
      header: { 'Idempotency-Key': randomUUID() },
    },
    body: { name: 'typescript', graceSeconds: 3600, confirmOnFirstUse: true },
  };
  const { data, response } = await rekey.POST(ROTATE, options);
  assert.equal(response.status, 201);
  assert.ok(data!.client_secret.length > 0);

  const { error } = await rekey.POST(ROTATE, options);
  const problem: Problem = error!;
  assert.equal(problem.type, '/problems/secret-not-replayable');
  assert.equal(problem.status, 409);
  assert.equal(problem.rotationId, response.headers.get('Rekey-Rotation-Id'));
  return problem.rotationId!;
}

async function checkRotation(id: string): Promise<void> {
  const { data } = await rekey.GET('/api/v1/rotations', {
    params: { query: { subject: [SUBJECT], state: ['SUCCEEDED', 'UNKNOWN'] } },
  });
  const rotation: Rotation = data!.items.find((one) => one.id === id)!;
  assert.equal(rotation.state, 'SUCCEEDED');
  assert.deepEqual(rotation.possible, ['confirm', 'revert', 'reissue']);
  assert.equal(rotation.graceSeconds, 3600);
  assert.equal(rotation.confirmedAt, null);
}

/** Never runs. */
export function refusedByTheCompiler(rotation: Rotation): unknown[] {
  // @ts-expect-error: no such status
  const status: components['schemas']['CredentialStatus'] = 'WORKING';
  // @ts-expect-error: the time may be null
  const confirmedAt: string = rotation.confirmedAt;
  // @ts-expect-error: the member may be null, but it is always there
  const absent: Rotation['confirmedAt'] = undefined;
  // @ts-expect-error: the route requires an Idempotency-Key
  const header: paths[typeof ROTATE]['post']['parameters']['header'] = {};
  return [status, confirmedAt, absent, header];
}

await checkRotation(await rotate(await findCredential()));
console.log('TypeScript: three routes, one problem');
