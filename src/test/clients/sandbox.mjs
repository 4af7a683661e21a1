/** The sandbox's control routes (docs/sandbox.md). */
export class Sandbox {
  #url;

  constructor(url) {
    this.#url = url;
  }

  async #send(method, path, body) {
    const response = await fetch(`${this.#url}/control/${path}`, {
      method,
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok) {
      throw new Error(`${method} /control/${path}: ${response.status} ${await response.text()}`);
    }
    return response.json();
  }

  /** Every possible fault: upstream, operation, fault. */
  offers() {
    return this.#send('GET', 'faults');
  }

  fault(fault) {
    return this.#send('POST', 'faults', fault);
  }

  clearFaults() {
    return this.#send('DELETE', 'faults');
  }

  revokeTokens() {
    return this.#send('POST', 'revoke-tokens', {});
  }

  /** Adds connectors connector-0001… and service accounts sa-0001…, without credentials. */
  seed(count) {
    return this.#send('POST', 'seed', { connectors: count, serviceAccounts: count });
  }

  calls() {
    return this.#send('GET', 'calls');
  }

  async mintsOf(subject) {
    return (await this.#send('GET', 'mints')).filter((mint) => mint.subject === subject).length;
  }

  /** A token for Rekey, of the caller that has every grant. */
  async callerToken() {
    const response = await fetch(`${this.#url}/oauth2/token`, {
      method: 'POST',
      headers: { Authorization: `Basic ${btoa('admin:admin-secret')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    return (await response.json()).access_token;
  }
}
