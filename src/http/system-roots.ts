import * as tls from 'node:tls';
import type { Environment } from '../config/environment.js';
import { isRejectedFileError, readBytes, userFile } from '../disk/bounded-read.js';
import { diskErrorReason } from '../disk/disk-error.js';
import { TpksError } from '../errors.js';

/** CA bundles of Debian, Red Hat, SUSE, Alpine and macOS. */
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/** Size limit; the bundles of most systems have about 200 KB. */
const maximumBytes = 16 * 1024 * 1024;

/**
 * The system's CAs: `SSL_CERT_FILE` or the platform's bundle (Node's own list if there is none), and
 * `NODE_EXTRA_CA_CERTS`. Node 20 does not use the system's store by itself, and ignores its extra
 * file as soon as a `ca` is given.
 * @throws {TpksError} `usage` if `SSL_CERT_FILE` cannot be read, or if one of the two is not a regular
 *   file or too large.
 */
export function systemRoots(env: Environment): string[] {
  const extra = env.NODE_EXTRA_CA_CERTS;
  return [...readBaseRoots(env), ...(extra ? readExtraRoots(extra) : [])];
}

function readBaseRoots(env: Environment): readonly string[] {
  const chosen = env.SSL_CERT_FILE;
  if (chosen) {
    try {
      return [readBundle(chosen)];
    } catch (error) {
      throw unreadableError('SSL_CERT_FILE', chosen, error);
    }
  }
  for (const path of bundles) {
    const found = readBundleIfPresent(path);
    if (found.length > 0) return found;
  }
  return readPlatformStore() ?? tls.rootCertificates;
}

function readBundleIfPresent(path: string): string[] {
  try {
    return [readBundle(path)];
  } catch {
    return [];
  }
}

/** Like Node, ignores a file that is missing. */
function readExtraRoots(path: string): string[] {
  try {
    return [readBundle(path)];
  } catch (error) {
    if (isRejectedFileError(error)) throw unreadableError('NODE_EXTRA_CA_CERTS', path, error);
    return [];
  }
}

function readBundle(path: string): string {
  return readBytes(path, { ...userFile, maximumBytes }).toString('utf8');
}

function unreadableError(variable: string, path: string, error: unknown): TpksError {
  return new TpksError('usage', `Cannot read ${variable}, ${path}: ${diskErrorReason(error)}`, {
    hint: `correct ${variable}, or unset it to use only the system’s certificates`,
    cause: error,
  });
}

/** Node 22.15 and later. */
interface NewerTls {
  readonly getCACertificates?: (store: 'system') => readonly string[];
}

/** Windows and macOS have no bundle file; newer Node reads their stores. */
function readPlatformStore(): readonly string[] | undefined {
  const newer: typeof tls & NewerTls = tls;
  const found = newer.getCACertificates?.('system') ?? [];
  return found.length > 0 ? found : undefined;
}
