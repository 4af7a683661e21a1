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
