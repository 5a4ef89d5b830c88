import { X509Certificate } from 'node:crypto';
import { loadBundled } from '../program/load-bundled.js';
import type { Certificates, KeyAndCertificate } from './generate-certificates.js';

export type { Certificates, KeyAndCertificate } from './generate-certificates.js';

/** Returns certificates that are generated once for each worker, because this takes half a second of CPU time. */
export async function createCertificates(): Promise<Certificates> {
  return (await loadBundled()).createCertificates();
}

/** Returns the SHA-256 fingerprint of a certificate in the format of browsers and openssl. */
export function fingerprint({ cert }: KeyAndCertificate): string {
  return new X509Certificate(cert).fingerprint256;
}
