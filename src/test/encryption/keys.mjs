// Makes a key of each kind. Prints the public ones as a JWK set, and writes the private ones to the file.
import { writeFileSync } from 'node:fs';
import { exportJWK, generateKeyPair } from 'jose';

const kinds = {
  'P-256': ['ECDH-ES+A256KW', { crv: 'P-256' }],
  'P-384': ['ECDH-ES+A256KW', { crv: 'P-384' }],
  'P-521': ['ECDH-ES+A256KW', { crv: 'P-521' }],
  'RSA-2048': ['RSA-OAEP-256', { modulusLength: 2048 }],
  'RSA-4096': ['RSA-OAEP-256', { modulusLength: 4096 }],
};
const privateKeys = {};
const publicKeys = [];
for (const [kid, [alg, options]] of Object.entries(kinds)) {
  const pair = await generateKeyPair(alg, { ...options, extractable: true });
  privateKeys[kid] = { ...(await exportJWK(pair.privateKey)), kid, alg };
  publicKeys.push({ ...(await exportJWK(pair.publicKey)), kid, alg, use: 'enc' });
}
writeFileSync(process.argv[2], JSON.stringify(privateKeys), { mode: 0o600 });
console.log(JSON.stringify({ keys: publicKeys }));
