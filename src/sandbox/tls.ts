import { X509Certificate } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from 'selfsigned';

/** A certificate for this machine and the authority that signed it, in PEM. */
export interface Certificates {
  readonly ca: string;
  /** Path of the authority's certificate, for `--ca-cert`. */
  readonly caPath: string;
  readonly cert: string;
  readonly key: string;
}

const dayMilliseconds = 86_400_000;
/** Early, so that a clock that is a day off still takes them. */
const validBefore = 2 * dayMilliseconds;
const validAfter = 365 * dayMilliseconds;
const leastLeft = 7 * dayMilliseconds;

/**
 * The certificates in a folder; made anew where there are none, or where they end soon.
 * @param folder - made, and closed to others, if need be.
 */
export async function certificatesIn(folder: string): Promise<Certificates> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  return existing(folder) ?? (await make(folder));
}

const files = { ca: 'ca.pem', cert: 'server.pem', key: 'server.key' };

function existing(folder: string): Certificates | undefined {
  const paths = Object.values(files).map((name) => join(folder, name));
  if (!paths.every((path) => existsSync(path))) return undefined;
  const [ca = '', cert = '', key = ''] = paths.map((path) => readFileSync(path, 'utf8'));
  try {
    const leaf = new X509Certificate(cert);
    const lasts = Date.parse(leaf.validTo) - Date.now() > leastLeft;
    const fits = leaf.verify(new X509Certificate(ca).publicKey);
    return lasts && fits ? { ca, caPath: join(folder, files.ca), cert, key } : undefined;
  } catch {
    return undefined;
  }
}

async function make(folder: string): Promise<Certificates> {
  const dates = {
    notBeforeDate: new Date(Date.now() - validBefore),
    notAfterDate: new Date(Date.now() + validAfter),
  };
  const common = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256', ...dates } as const;
  const authority = await generate([{ name: 'commonName', value: 'tpks sandbox CA' }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const leaf = await generate([{ name: 'commonName', value: 'localhost' }], {
    ...common,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
          { type: 7, ip: '::1' },
        ],
      },
    ],
  });
  const save = (name: string, text: string): void => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
  };
  save(files.ca, authority.cert);
  save(files.cert, leaf.cert);
  save(files.key, leaf.private);
  return {
    ca: authority.cert,
    caPath: join(folder, files.ca),
    cert: leaf.cert,
    key: leaf.private,
  };
}
