import { generate } from 'selfsigned';

/** A private key and its certificate, as PEM. */
export interface KeyAndCertificate {
  readonly key: string;
  readonly cert: string;
}

/** Certificates for a server on loopback: a valid one, and invalid ones. */
export interface Certificates {
  /** The CA that tests trust. */
  readonly ca: KeyAndCertificate;
  /** A CA that tests do not trust. */
  readonly untrustedCa: KeyAndCertificate;
  /** A valid certificate for localhost, 127.0.0.1 and ::1. */
  readonly good: KeyAndCertificate;
  /** Issued by `untrustedCa`. */
  readonly unknownCa: KeyAndCertificate;
  readonly wrongName: KeyAndCertificate;
  /** Wildcards that match no loopback name, and loopback addresses as DNS names. */
  readonly looseNames: KeyAndCertificate;
  /** No subject alternative name; the common name is `localhost`. */
  readonly commonName: KeyAndCertificate;
  /** The only subject alternative name is 127.0.0.1; the common name is `localhost`. */
  readonly addressOnly: KeyAndCertificate;
  /** For two hosts of pks.example.com, and all others with a wildcard. */
  readonly manyNames: KeyAndCertificate;
  readonly expired: KeyAndCertificate;
  /** Issued by `oldCa`. */
  readonly expiredCa: KeyAndCertificate;
  /** A CA that has expired. */
  readonly oldCa: KeyAndCertificate;
  readonly notYetValid: KeyAndCertificate;
  readonly selfSigned: KeyAndCertificate;
}

const day = 24 * 60 * 60 * 1000;

/** Generates all certificates, with new keys. */
export async function generateCertificates(): Promise<Certificates> {
  const [ca, untrustedCa, oldCa] = await Promise.all([
    authority('Test CA'),
    authority('Stranger CA'),
    authority('Old CA', -1),
  ]);
  const leaf = (
    issuer: KeyAndCertificate | undefined,
    names: Names = loopback,
    from = -1,
    to = 30,
  ) =>
    make('localhost', {
      ...(issuer === undefined ? {} : { ca: issuer }),
      notBeforeDate: new Date(Date.now() + from * day),
      notAfterDate: new Date(Date.now() + to * day),
      extensions: [
        { name: 'basicConstraints', cA: false, critical: true },
        { name: 'keyUsage', digitalSignature: true, critical: true },
        { name: 'extKeyUsage', serverAuth: true },
        ...(names.length > 0 ? [{ name: 'subjectAltName' as const, altNames: names }] : []),
      ],
    });
  const [
    good,
    unknownCa,
    wrongName,
    looseNames,
    commonName,
    addressOnly,
    manyNames,
    expired,
    expiredCa,
    notYetValid,
    selfSigned,
  ] = await Promise.all([
    leaf(ca),
    leaf(untrustedCa),
    leaf(ca, [{ type: 2, value: 'elsewhere.example.com' }]),
    leaf(ca, dnsNames('*', '*.0.0.1', '127.0.0.1', 'local*', '*.localhost')),
    leaf(ca, []),
    leaf(ca, [{ type: 7, ip: '127.0.0.1' }]),
    leaf(ca, dnsNames('*.pks.example.com', 'uaa.pks.example.com', 'api.pks.example.com', 'x.test')),
    leaf(ca, loopback, -3, -2),
    leaf(oldCa),
    leaf(ca, loopback, 2, 3),
    leaf(undefined),
  ]);
  return {
    ca,
    untrustedCa,
    good,
    unknownCa,
    wrongName,
    looseNames,
    commonName,
    addressOnly,
    manyNames,
    expired,
    expiredCa,
    oldCa,
    notYetValid,
    selfSigned,
  };
}

type Options = NonNullable<Parameters<typeof generate>[1]>;
type Names = NonNullable<
  Extract<NonNullable<Options['extensions']>[number], { name: 'subjectAltName' }>['altNames']
>;

const loopback: Names = [
  { type: 2, value: 'localhost' },
  { type: 7, ip: '127.0.0.1' },
  { type: 7, ip: '::1' },
];

const dnsNames = (...names: readonly string[]): Names => names.map((value) => ({ type: 2, value }));

function authority(name: string, to = 365): Promise<KeyAndCertificate> {
  return make(name, {
    notBeforeDate: new Date(Date.now() - 10 * day),
    notAfterDate: new Date(Date.now() + to * day),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
}

async function make(name: string, options: Options): Promise<KeyAndCertificate> {
  const made = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    ...options,
  });
  return { key: made.private, cert: made.cert };
}
