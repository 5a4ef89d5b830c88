import { readFileSync } from 'node:fs';
import * as tls from 'node:tls';
import { errorMessage, TpksError } from '../errors.js';

/** Where systems keep their bundle of authorities: Debian, Red Hat, SUSE, Alpine and macOS. */
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/**
 * The system's authorities: `SSL_CERT_FILE` or the platform's bundle (Node's own list where there
 * is none), and `NODE_EXTRA_CA_CERTS`. Node 20 knows nothing of the system's store by itself, and
 * forgets its extra file as soon as a `ca` is given.
 * @throws {TpksError} `untrusted` when `SSL_CERT_FILE` cannot be read.
 */
export function systemRoots(env: NodeJS.ProcessEnv): string[] {
  const extra = env['NODE_EXTRA_CA_CERTS'];
  return [...base(env), ...(extra ? optional(extra) : [])];
}

function base(env: NodeJS.ProcessEnv): readonly string[] {
  const chosen = env['SSL_CERT_FILE'];
  if (chosen) {
    try {
      return [readFileSync(chosen, 'utf8')];
    } catch (error) {
      throw new TpksError('untrusted', `Cannot read SSL_CERT_FILE: ${errorMessage(error)}`, {
        hint: 'correct the variable, or unset it to use the system’s bundle',
        cause: error,
      });
    }
  }
  for (const path of bundles) {
    const found = optional(path);
    if (found.length > 0) return found;
  }
  return platformStore() ?? tls.rootCertificates;
}

function optional(path: string): string[] {
  try {
    return [readFileSync(path, 'utf8')];
  } catch {
    return [];
  }
}

/** Node 22.15 and later. */
interface NewerTls {
  readonly getCACertificates?: (store: 'system') => readonly string[];
}

/** Windows and macOS have no bundle file; newer Node reads their stores. */
function platformStore(): readonly string[] | undefined {
  const newer: typeof tls & NewerTls = tls;
  const found = newer.getCACertificates?.('system') ?? [];
  return found.length > 0 ? found : undefined;
}
