import { extractCertificates } from '../config/ca-cert.js';
import type { Environment } from '../config/environment.js';
import { readBytesAsync } from '../disk/bounded-read.js';
import { describeDiskError } from '../disk/disk-error.js';
import { maximumBundleBytes } from '../http/system-roots.js';
import { pass, skip, warn, type CheckResult } from './check.js';

const variables = ['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS'] as const;

/**
 * Checks the CA files named in environment variables. Node ignores a file in `NODE_EXTRA_CA_CERTS` that
 * it cannot read, so the only symptom would be a certificate that is not trusted.
 */
export async function checkCaFiles(env: Environment): Promise<readonly CheckResult[]> {
  const results = await Promise.all(
    variables.map(async (variable) => {
      const path = env[variable];
      return path ? [await checkCaFile(variable, path)] : [];
    }),
  );
  const found = results.flat();
  if (found.length > 0) return found;
  return [skip('caFiles', `neither ${variables.join(' nor ')} is set`)];
}

async function checkCaFile(variable: string, path: string): Promise<CheckResult> {
  try {
    const bytes = await readBytesAsync(path, { maximumBytes: maximumBundleBytes });
    extractCertificates(bytes.toString('utf8'));
    return pass('caFiles', `${path}, set in ${variable}`);
  } catch (error) {
    const fix = `set ${variable} to a PEM file of CAs, or unset it: unset ${variable}`;
    return warn(
      'caFiles',
      `Cannot use ${path} (set in ${variable}): ${describeDiskError(error)}`,
      fix,
    );
  }
}
