import { X509Certificate, createPrivateKey, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checkServerIdentity } from 'node:tls';
import type { generate } from 'selfsigned';
import { readRegularFile } from './read-file.js';

/** A certificate for this machine and the authority that signed it, in PEM. */
export interface Certificates {
  readonly ca: string;
  /** Absolute path of the authority's certificate, for `--ca-cert`. */
  readonly caPath: string;
  readonly cert: string;
  readonly key: string;
}

interface Pair {
  readonly cert: string;
  readonly key: string;
}

const dayMilliseconds = 86_400_000;
/** Valid from so early that a machine whose clock is a day off still accepts them. */
const validBefore = 2 * dayMilliseconds;
const caLifetime = 3650 * dayMilliseconds;
/** Some systems refuse a server's certificate that lives longer. */
const leafLifetime = 396 * dayMilliseconds;
const leastLeft = 7 * dayMilliseconds;

const names = ['localhost', '127.0.0.1', '::1'];
const caName = 'tpks sandbox CA';
const files = {
  ca: { cert: 'ca.pem', key: 'ca-key.pem' },
  server: { cert: 'server.pem', key: 'server-key.pem' },
};

/**
 * The certificates in a folder; made where there are none, renewed where they end soon. As long
 * as the authority stays, who trusts it need not be told again.
 *
 * @param folder - made with mode 0700 if it is not there.
 * @throws {Error} if it contains files with these names that are not the sandbox's.
 */
export async function certificatesIn(folder: string): Promise<Certificates> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  refuseOthersFiles(folder);
  const authority =
    stored(folder, files.ca, isAuthority) ?? keep(folder, files.ca, await makeAuthority());
  const issuer = new X509Certificate(authority.cert);
  const leaf =
    stored(folder, files.server, (cert) => isLeafOf(cert, issuer)) ??
    keep(folder, files.server, await makeLeaf(authority));
  return { ca: authority.cert, caPath: resolve(folder, files.ca.cert), ...leaf };
}

/** `--dir .` in the wrong place must not overwrite a user's key. */
function refuseOthersFiles(folder: string): void {
  const ours = Object.values(files).flatMap(({ cert, key }) => [cert, key]);
  if (!ours.some((name) => existsSync(join(folder, name)))) return;
  const ca = join(folder, files.ca.cert);
  if (existsSync(ca) && readCertificate(ca)?.subject.startsWith(`CN=${caName}`)) return;
  throw new Error(`${folder} holds certificates that are not the sandbox's; choose another --dir`);
}

function stored(
  folder: string,
  { cert, key }: Pair,
  fits: (certificate: X509Certificate) => boolean,
): Pair | undefined {
  const certificate = readCertificate(join(folder, cert));
  if (!certificate || !fits(certificate)) return undefined;
  if (Date.parse(certificate.validTo) - Date.now() < leastLeft) return undefined;
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

function isAuthority(certificate: X509Certificate): boolean {
  return certificate.ca && certificate.checkIssued(certificate);
}

function isLeafOf(leaf: X509Certificate, issuer: X509Certificate): boolean {
  const identity = leaf.toLegacyObject();
  const isNamed = names.every((name) => checkServerIdentity(name, identity) === undefined);
  return isNamed && leaf.checkIssued(issuer) && leaf.verify(issuer.publicKey);
}

function keep(folder: string, { cert, key }: Pair, made: Pair): Pair {
  // The certificate first: it shows whether the files are the sandbox's.
  for (const [name, text] of [
    [cert, made.cert],
    [key, made.key],
  ] as const) {
    const path = join(folder, name);
    rmSync(path, { force: true });
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
  }
  return made;
}

async function makeAuthority(): Promise<Pair> {
  // Two authorities with one name would be confused in a file that contains both.
  return make(`${caName} ${randomBytes(4).toString('hex')}`, caLifetime, {
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
}

async function makeLeaf(ca: Pair): Promise<Pair> {
  return make('localhost', leafLifetime, {
    ca,
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: names.map((name) =>
          /^[a-z]/.test(name) ? { type: 2, value: name } : { type: 7, ip: name },
        ),
      },
    ],
  });
}

type GenerateOptions = NonNullable<Parameters<typeof generate>[1]>;

async function make(
  commonName: string,
  lifetime: number,
  options: Pick<GenerateOptions, 'ca' | 'extensions'>,
): Promise<Pair> {
  // Slow to load, and a restart in the same folder does without.
  const { default: selfsigned } = await import('selfsigned');
  const made = await selfsigned.generate([{ name: 'commonName', value: commonName }], {
    ...options,
    keyType: 'ec',
    curve: 'P-256',
    // The default is SHA-1, which OpenSSL refuses.
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - validBefore),
    notAfterDate: new Date(Date.now() + lifetime),
  });
  // With a line break at the end, as when it is read again.
  return { cert: new X509Certificate(made.cert).toString(), key: made.private };
}
