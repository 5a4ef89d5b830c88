import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { generate } from 'selfsigned';
import { AdvisedError, readRegularFile, withPath } from './files.js';

/** A certificate and its private key, in PEM. */
interface CertificateWithKey {
  readonly cert: string;
  readonly key: string;
}

/** A server certificate for this machine and the CA that signed it, in PEM. */
export interface Certificates extends CertificateWithKey {
  readonly ca: string;
  /** Absolute path of the CA certificate, for `--ca-cert`. */
  readonly caPath: string;
}

const dayMilliseconds = 86_400_000;
/** Certificates are backdated, because the clock of a client may be up to a day behind. */
const backdating = 2 * dayMilliseconds;
const caLifetime = 3650 * dayMilliseconds;
/** Some systems reject server certificates with a longer lifetime. */
const serverLifetime = 396 * dayMilliseconds;
const minimumRemainingLifetime = 7 * dayMilliseconds;

const serverNames = ['localhost', '127.0.0.1', '::1'];
const caName = 'tpks sandbox CA';
const files = {
  ca: { cert: 'ca.pem', key: 'ca-key.pem' },
  server: { cert: 'server.pem', key: 'server-key.pem' },
};

/**
 * Reads the certificates in a folder, creates missing ones, and replaces those that expire soon.
 * The CA is kept as long as it is valid, so that clients can continue to trust it.
 * @param folder - created with mode 0700 if it does not exist.
 * @throws {Error} if the folder contains files with the same names from another program.
 */
export async function ensureCertificates(folder: string): Promise<Certificates> {
  if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 });
  rejectForeignFiles(folder);
  const ca =
    readValidFiles(folder, files.ca, isCaCertificate) ??
    writeFiles(folder, files.ca, await createCaCertificate());
  const issuer = new X509Certificate(ca.cert);
  const serverCertificate =
    readValidFiles(folder, files.server, (cert) => isServerCertificate(cert, issuer)) ??
    writeFiles(folder, files.server, await createServerCertificate(ca));
  return { ca: ca.cert, caPath: resolve(folder, files.ca.cert), ...serverCertificate };
}

/** Prevents `--dir .` from overwriting a user's keys. */
function rejectForeignFiles(folder: string): void {
  if (readCertificate(join(folder, files.ca.cert))?.subject.startsWith(`CN=${caName}`)) return;
  // A full disk or a killed process can leave an empty file.
  const hasContent = (name: string): boolean =>
    (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0) > 0;
  const names = Object.values(files).flatMap(({ cert, key }) => [cert, key]);
  if (!names.some(hasContent)) return;
  throw new AdvisedError(
    `${folder} contains certificates that tpks sandbox did not create`,
    'use another folder: tpks sandbox --dir PATH',
  );
}

function readValidFiles(
  folder: string,
  { cert, key }: CertificateWithKey,
  isAccepted: (certificate: X509Certificate) => boolean,
): CertificateWithKey | undefined {
  const certificate = readCertificate(join(folder, cert));
  if (!certificate || !isAccepted(certificate)) return undefined;
  if (Date.parse(certificate.validTo) - Date.now() < minimumRemainingLifetime) return undefined;
  try {
    const privateKey = readRegularFile(join(folder, key)).toString();
    if (!certificate.checkPrivateKey(createPrivateKey(privateKey))) return undefined;
    return { cert: certificate.toString(), key: privateKey };
  } catch {
    return undefined;
  }
}

function readCertificate(path: string): X509Certificate | undefined {
  try {
    return new X509Certificate(readRegularFile(path));
  } catch {
    return undefined;
  }
}

function isCaCertificate(certificate: X509Certificate): boolean {
  return certificate.ca && certificate.checkIssued(certificate);
}

function isServerCertificate(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function writeFiles(
  folder: string,
  { cert, key }: CertificateWithKey,
  created: CertificateWithKey,
): CertificateWithKey {
  // The certificate is written first, because it shows that the folder belongs to the sandbox.
  writeFile(join(folder, cert), created.cert);
  writeFile(join(folder, key), created.key);
  return created;
}

function writeFile(path: string, text: string): void {
  rmSync(path, { force: true });
  withPath(path, () => writeFileSync(path, text, { flag: 'wx', mode: 0o600 }));
}

async function createCaCertificate(): Promise<CertificateWithKey> {
  // The random suffix distinguishes several sandbox CAs in one bundle.
  return generateCertificate(`${caName} ${randomBytes(4).toString('hex')}`, caLifetime, {
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
}

async function createServerCertificate(ca: CertificateWithKey): Promise<CertificateWithKey> {
  return generateCertificate('localhost', serverLifetime, {
    ca,
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: serverNames.map((name) =>
          /^[a-z]/.test(name) ? { type: 2, value: name } : { type: 7, ip: name },
        ),
      },
    ],
  });
}

type GenerateOptions = NonNullable<Parameters<typeof generate>[1]>;

async function generateCertificate(
  commonName: string,
  lifetime: number,
  options: Pick<GenerateOptions, 'ca' | 'extensions'>,
): Promise<CertificateWithKey> {
  // Loaded on demand, because a restart with the same folder does not need it.
  const { default: selfsigned } = await import('selfsigned');
  const created = await selfsigned.generate([{ name: 'commonName', value: commonName }], {
    ...options,
    keyType: 'ec',
    curve: 'P-256',
    // The default is SHA-1, which OpenSSL rejects.
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - backdating),
    notAfterDate: new Date(Date.now() + lifetime),
  });
  // `toString` adds the final line break, so the result equals the text read from the file later.
  return { cert: new X509Certificate(created.cert).toString(), key: created.private };
}
