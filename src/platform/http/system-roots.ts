import * as tls from 'node:tls';
import { TpksError } from '../../base/errors.js';
import type { Environment } from '../config/environment.js';
import { isRejectedFileError, readBytes, userFileOptions } from '../disk/bounded-read.js';
import { describeDiskError } from '../disk/disk-error.js';

/** CA bundles of Debian, Red Hat, SUSE, Alpine and macOS. */
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/** Far above the usual size of a bundle, about 200 KB. */
export const maximumBundleBytes = 16 * 1024 * 1024;

/**
 * Reads the system CA certificates (PEM) from `SSL_CERT_FILE` or the platform's bundle (Node's own list
 * if the platform has no bundle), and adds those in `NODE_EXTRA_CA_CERTS`. Node 20 does not use the system's
 * store, and it ignores `NODE_EXTRA_CA_CERTS` if the option `ca` is set.
 * @throws {TpksError} `usage` if `SSL_CERT_FILE` cannot be read, or if one of the two files is too
 *   large or not a regular file.
 */
export function readSystemRoots(env: Environment): string[] {
  const extra = env.NODE_EXTRA_CA_CERTS;
  return [...readBaseRoots(env), ...(extra ? readExtraRoots(extra) : [])];
}

function readBaseRoots(env: Environment): readonly string[] {
  const configuredPath = env.SSL_CERT_FILE;
  if (configuredPath) {
    try {
      return [readBundle(configuredPath)];
    } catch (error) {
      throw unreadableError('SSL_CERT_FILE', configuredPath, error);
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

/** Ignores a missing file, as Node does. */
function readExtraRoots(path: string): string[] {
  try {
    return [readBundle(path)];
  } catch (error) {
    if (isRejectedFileError(error)) throw unreadableError('NODE_EXTRA_CA_CERTS', path, error);
    return [];
  }
}

function readBundle(path: string): string {
  const bytes = readBytes(path, { ...userFileOptions, maximumBytes: maximumBundleBytes });
  // Only OpenSSL ignores a byte order mark; the standalone binary does not use it.
  return bytes.toString('utf8').replace(/^\uFEFF/, '');
}

function unreadableError(variable: string, path: string, error: unknown): TpksError {
  return new TpksError(
    'usage',
    `Cannot read ${path} (set in ${variable}): ${describeDiskError(error)}`,
    {
      hint: `correct ${variable}, or unset it to use only the system certificates`,
      cause: error,
    },
  );
}

/** Only Node 22.15 and later have this function. */
interface NewerTls {
  readonly getCACertificates?: (store: 'system') => readonly string[];
}

/** Windows and macOS have no bundle file, but newer versions of Node read their stores. */
function readPlatformStore(): readonly string[] | undefined {
  const newer: typeof tls & NewerTls = tls;
  const found = newer.getCACertificates?.('system') ?? [];
  return found.length > 0 ? found : undefined;
}
