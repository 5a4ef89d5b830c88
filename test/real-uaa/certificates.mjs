/** Creates the keys and certificates of one run with openssl. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const days = '30';

/**
 * Writes these files to a folder:
 *
 * - a CA: `ca.pem`, `ca.key`
 * - a server certificate that the CA signed, for localhost, 127.0.0.1 and ::1: `tls.pem`, `tls.key`
 * - the key that signs tokens: `jwt.key`
 * - the certificate of the SAML service provider: `saml.pem`, `saml.key`
 *
 * @param {string} folder
 */
export async function createCertificates(folder) {
  const openssl = (/** @type {string[]} */ ...args) => execute('openssl', args, { cwd: folder });
  // The UAA supports only PKCS#1. With PKCS#8 it starts, but returns status 500 for every token.
  const createKey = (/** @type {string} */ name) =>
    openssl('genrsa', '-traditional', '-out', name, '2048');
  await Promise.all(['ca.key', 'jwt.key', 'saml.key'].map(createKey));
  // Java signs a handshake much faster with this type of key.
  await openssl(
    ...['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', 'tls.key'],
  );

  const createSelfSigned = (/** @type {string} */ name, /** @type {string} */ subject) =>
    openssl(
      ...['req', '-x509', '-new', '-sha256', '-days', days, '-subj', subject],
      ...['-key', `${name}.key`, '-out', `${name}.pem`],
    );
  await createSelfSigned('ca', '/CN=tpks test CA');
  await createSelfSigned('saml', '/CN=tpks test SAML');
  await openssl('req', '-new', '-key', 'tls.key', '-subj', '/CN=localhost', '-out', 'tls.csr');
  await writeFile(
    join(folder, 'tls.ext'),
    'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1\n' +
      'basicConstraints=critical,CA:FALSE\nextendedKeyUsage=serverAuth\n',
  );
  await openssl(
    ...['x509', '-req', '-sha256', '-days', days, '-in', 'tls.csr', '-extfile', 'tls.ext'],
    ...['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-out', 'tls.pem'],
  );
}
