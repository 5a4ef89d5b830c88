import { Secret } from '../../../secret.js';

/** Of a certificate authority, or of what encrypts etcd: the value after such a word. */
const named = /\b\w*(?:secret|password|token|key)\w*["']?\s*[:=]\s*["']?([^\s"',]{8,512})/gi;

const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----([\s\S]*?)-----END/g;

/** More than these would make every line of a trace slow. */
const maximum = 200;

/**
 * Files that are sent as arguments may hold keys, e.g. those that encrypt etcd. They must not stand
 * in a trace or in an error that quotes them.
 */
export function hideSecretsIn(text: string): void {
  const values = [...text.matchAll(named)].map(([, value = '']) => value);
  const lines = [...text.matchAll(privateKey)].flatMap(([, body = '']) =>
    body.split('\n').filter((line) => line.trim().length >= 16),
  );
  // It is known, and left out of what is shown, from the moment it is made.
  for (const value of [...values, ...lines].slice(0, maximum)) new Secret(value.trim());
}
