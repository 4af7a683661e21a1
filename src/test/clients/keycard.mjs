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
    mint: async ({ url, token, subject, retries, patienceMs }) => {
      const order = { url, token, account: subject.account, retries, patienceMs };
      python.stdin.write(`${JSON.stringify(order)}\n`);
      const { value, done } = await lines.next();
      if (done) {
        throw new Error('The Python client ended');
      }
      return value;
    },
  };
}
