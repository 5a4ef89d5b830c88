/** Keys and certificates of one run, made by openssl. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const days = '30';

/**
 * Writes into `folder` a CA (`ca.pem`), the certificate of the server it signed (`tls.pem`,
 * `tls.key`; for localhost, 127.0.0.1 and ::1), the key that signs tokens (`jwt.key`) and
 * the pair of the SAML service provider (`saml.pem`, `saml.key`).
 */
export async function makeCertificates(folder) {
  const openssl = (...words) => execute('openssl', words, { cwd: folder });
  // UAA reads PKCS#1 alone: with PKCS#8 it starts, and answers 500 for every token.
  const key = (name) => openssl('genrsa', '-traditional', '-out', name, '2048');
  await Promise.all(['ca.key', 'tls.key', 'jwt.key', 'saml.key'].map(key));

  const selfSigned = (name, subject) =>
    openssl(
      ...['req', '-x509', '-new', '-sha256', '-days', days, '-subj', subject],
      ...['-key', `${name}.key`, '-out', `${name}.pem`],
    );
  await selfSigned('ca', '/CN=tpks test CA');
  await selfSigned('saml', '/CN=tpks test SAML');
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
