// Keycard's clients, in TypeScript and Python.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const common = {
  upstream: 'keycard',
  subject: (number) => {
    const account = `sa-${String(number).padStart(4, '0')}`;
    return { account, path: `organizations/acme/service-accounts/${account}` };
  },
};

export async function keycard() {
  const { KeycardAPI } = await import(process.env.KEYCARD_MODULE);
  return {
    ...common,
    name: 'Keycard TypeScript',
    /** Uses every route in the ways of this client; returns what is not as at Keycard. */
    otherRoutes: async ({ url, token, subject }) => {
      const client = new KeycardAPI({
        baseURL: url,
        defaultHeaders: { Authorization: `Bearer ${token}` },
        clientID: null,
        clientSecret: null,
      });
      const { credentials } = client.organizations.serviceAccounts;
      const organization = { organization_id: 'acme' };
      const account = { ...organization, service_account_id: subject.account };
      const longest = 'nightly '.repeat(63).slice(0, 500);
      const created = await credentials.create(subject.account, {
        ...organization,
        name: 'official-client',
        description: longest,
        'X-Client-Request-ID': crypto.randomUUID(),
      });
      const found = await credentials.list(subject.account, {
        ...organization,
        expand: ['permissions', 'total_count'],
      });
      const read = await credentials.retrieve(created.id, { ...account, expand: ['permissions'] });
      const unchanged = await credentials.update(created.id, account);
      const changed = await credentials.update(created.id, { ...account, description: 'short' });
      await credentials.delete(created.id, account);
      const gone = await credentials.retrieve(created.id, account).catch((error) => error.status);
      return Object.entries({
        create: created.description === longest,
        list: found.items.some((item) => item.id === created.id && item.permissions),
        retrieve: read.description === longest && read.permissions !== undefined,
        'update without a change': unchanged.description === longest,
        update: changed.description === 'short',
        delete: gone === 404,
      }).flatMap(([route, isRight]) => (isRight ? [] : [route]));
    },
    mint: async ({ url, token, subject, retries, patienceMs }) => {
      const client = new KeycardAPI({
        baseURL: url,
        defaultHeaders: { Authorization: `Bearer ${token}` },
        // Retries on is the client's default.
        ...(retries === 'off' && { maxRetries: 0 }),
        ...(patienceMs && { timeout: patienceMs }),
      });
      try {
        const created = await client.organizations.serviceAccounts.credentials.create(
          subject.account,
          { organization_id: 'acme', name: 'official-client' },
        );
        return created.client_secret ? 'secret' : 'no secret';
      } catch (error) {
        return [error.constructor.name, error.status].filter(Boolean).join(' ');
      }
    },
  };
}

/** One Python process, which answers each line with a line. */
export function keycardPython() {
  const script = fileURLToPath(new URL('keycard_client.py', import.meta.url));
  const python = spawn(process.env.PYTHON, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
  return {
    ...common,
    name: 'Keycard Python',
    otherRoutes: async ({ url, token, subject }) => {
      const wrong = await order({ url, token, account: subject.account, otherRoutes: true });
      return wrong.split(',').filter((route) => route !== '');
    },
    mint: ({ url, token, subject, retries, patienceMs }) =>
      order({ url, token, account: subject.account, retries, patienceMs }),
  };

  async function order(members) {
    python.stdin.write(`${JSON.stringify(members)}\n`);
    const { value, done } = await lines.next();
    if (done) {
      throw new Error('The Python client ended');
    }
    return value;
  }
}
