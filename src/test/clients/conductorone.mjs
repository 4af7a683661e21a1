// ConductorOne's TypeScript client.
const RETRIES = {
  off: { strategy: 'none' },
  // The client's own rule of repetition, but ended after 10 s instead of an hour.
  on: {
    strategy: 'backoff',
    backoff: { initialInterval: 500, maxInterval: 1000, exponent: 1.5, maxElapsedTime: 10_000 },
    retryConnectionErrors: true,
  },
};

export async function conductorOne() {
  const { ConductoroneSDKTypescript } = await import(process.env.CONDUCTORONE_MODULE);
  return {
    name: 'ConductorOne TypeScript',
    upstream: 'conductorone',
    subject: (number) => {
      const connector = `connector-${String(number).padStart(4, '0')}`;
      return { connector, path: `apps/crm/connectors/${connector}` };
    },
    /** Uses every route in the ways of this client; returns what is not as at ConductorOne. */
    otherRoutes: async ({ url, token, subject }) => {
      const { connector } = new ConductoroneSDKTypescript({
        serverURL: url,
        security: { bearerAuth: token, oauth: token },
      });
      const request = { appId: 'crm', connectorId: subject.connector };
      const options = { headers: { 'Idempotency-Key': crypto.randomUUID() } };
      const { connectorServiceRotateCredentialResponse: rotated } =
        await connector.rotateCredential(request, options);
      const again = await connector
        .rotateCredential(request, options)
        .catch((error) => error.statusCode);
      const one = { ...request, id: rotated.credential.id };
      const { connectorServiceGetCredentialsResponse: read } = await connector.getCredentials(one);
      await connector.revokeCredential(one);
      const { connectorServiceGetCredentialsResponse: gone } = await connector.getCredentials(one);
      return Object.entries({
        rotate: rotated.credential.clientSecret !== '',
        'rotate with the same key': again === 409,
        get: read.credential.id === one.id && read.credential.deletedAt === null,
        revoke: gone.credential.deletedAt !== null,
      }).flatMap(([route, isRight]) => (isRight ? [] : [route]));
    },
    mint: async ({ url, token, subject, retries, patienceMs }) => {
      const sdk = new ConductoroneSDKTypescript({
        serverURL: url,
        // The client sends the first, but only if both are set.
        security: { bearerAuth: token, oauth: token },
        retryConfig: RETRIES[retries],
        timeoutMs: patienceMs,
      });
      try {
        const { connectorServiceRotateCredentialResponse: response } =
          await sdk.connector.rotateCredential({ appId: 'crm', connectorId: subject.connector });
        return response?.credential?.clientSecret ? 'secret' : 'no secret';
      } catch (error) {
        return [error.constructor.name, error.statusCode].filter(Boolean).join(' ');
      }
    },
  };
}
