import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type * as tls from 'node:tls';
import { formatInstant } from '../../base/clock.js';
import { type Fact, TpksError } from '../../base/errors.js';
import { hostOf } from '../../base/pks-conventions.js';
import { quoteForShell } from '../../base/shell-quote.js';
import { readCaCert } from '../input/ca-cert.js';
import {
  describeCertificateProblem,
  findNameHint,
  hasUnknownIssuer,
  isCertificateDateProblem,
  isWrongHost,
  selfSigned,
} from './network-error.js';
import type { Trust, TrustHints } from './send.js';
import {
  listChain,
  parseEndpoint,
  readCertificate,
  verifyHost,
  type Tunnel,
} from './certificate-authorities.js';

/** Time limit for fetching the certificate over a second connection. */
const fetchMilliseconds = 3000;

/** What the hint for an untrusted certificate depends on. */
export interface UntrustedOptions extends TrustHints, Pick<Trust, 'caCert'> {
  /** The proxy of the first connection; without it, the second one could reach another server. */
  readonly proxy: Tunnel | undefined;
  /** The value of `TPKS_CA_CERT`. */
  readonly caVariable?: string | undefined;
}

/**
 * The error for a certificate that is not trusted, with facts about the certificate and a hint. Fetches the
 * certificate over a second connection.
 */
export async function toUntrustedError(
  error: unknown,
  url: string,
  { proxy, ...options }: UntrustedOptions,
): Promise<TpksError> {
  const host = hostOf(url);
  const certificate = await readCertificate(url, proxy, fetchMilliseconds, {
    ca: [],
    rejectUnauthorized: false,
  }).catch(() => undefined);
  const { problem, hint } = explainProblem(error, url, certificate, options);
  return new TpksError('untrusted', `The certificate of ${host} ${problem}`, {
    facts: certificate && listFacts(certificate),
    hint: `${hint}\n(no secrets were sent)`,
    cause: error,
    host,
  });
}

interface Explanation {
  /** Completes the sentence "The certificate of HOST ...". */
  readonly problem: string;
  readonly hint: string;
}

function explainProblem(
  error: unknown,
  url: string,
  certificate: tls.DetailedPeerCertificate | undefined,
  { caCert, caVariable, trustCommand, formatHostCommand }: Omit<UntrustedOptions, 'proxy'>,
): Explanation {
  const { host } = parseEndpoint(url);
  const problem = describeCertificateProblem(error) ?? 'is not trusted';
  const nameHint = findNameHint(error, host, 'server');
  if (nameHint !== undefined) return { problem, hint: nameHint };
  if (isWrongHost(error)) {
    const names = certificate === undefined ? [] : listNames(certificate);
    const name = certificate && findHostName(names, host, certificate);
    return {
      problem: describeWrongHost(names),
      hint: createHostHint(name, name && formatHostCommand?.(url, name)),
    };
  }
  if (isCertificateDateProblem(error)) {
    return {
      problem: describeDateProblem(certificate, caCert) ?? problem,
      hint: 'check the clock of this machine: date -u; if it is correct, ask the operator of the installation for a valid certificate',
    };
  }
  // The runtime of the standalone binary has no separate error code for self-signed certificates.
  const isSelfSigned =
    problem === selfSigned ||
    (certificate !== undefined && hasUnknownIssuer(error) && isSignedByItself(certificate.raw));
  const isIssuerUnknown = isSelfSigned || hasUnknownIssuer(error);
  if (isIssuerUnknown && caCert !== undefined && isFromVariable(caCert, caVariable)) {
    return explainCaVariable(caVariable, caCert);
  }
  const givenCa = isIssuerUnknown && caCert !== undefined ? `${describeGivenCa(caCert)}; ` : '';
  return {
    problem: isSelfSigned ? selfSigned : problem,
    hint: `${givenCa}${createTrustHint(trustCommand)}`,
  };
}

function createTrustHint(trustCommand: string | undefined): string {
  const start =
    'to trust the server, get its CA certificate from the operator of the installation, then';
  return trustCommand === undefined
    ? `${start} set the variable:\nexport TPKS_CA_CERT=FILE`
    : `${start} set TPKS_CA_CERT=FILE, or run:\n${trustCommand}`;
}

function isSignedByItself(der: Buffer): boolean {
  const certificate = new X509Certificate(der);
  const { issuer, subject, publicKey } = certificate;
  return issuer === subject && certificate.verify(publicKey);
}

/** Explains why the CA that the user has given does not help. */
function describeGivenCa(caCert: string): string {
  const cas = listCas(caCert);
  if (cas.length > 1) return 'none of the given CAs issued this certificate';
  return `the given CA ${describeCas(cas)} did not issue this certificate`;
}

/** Lists the certificates in a PEM file. */
export function listCas(caCert: string): tls.PeerCertificate[] {
  const blocks = caCert.match(/-----BEGIN CERTIFICATE-----[^]+?-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((pem) => new X509Certificate(pem).toLegacyObject());
}

function describeCas(cas: readonly tls.PeerCertificate[]): string {
  const [first] = cas;
  return first === undefined || cas.length > 1
    ? `${String(cas.length)} CAs`
    : formatDistinguishedName(first.subject);
}

/** Whether a CA came from `TPKS_CA_CERT`. An option can override the variable. */
function isFromVariable(caCert: string, value: string | undefined): value is string {
  try {
    return value !== undefined && readCaCert(value) === caCert;
  } catch {
    // The file was changed or deleted after it was read.
    return false;
  }
}

function explainCaVariable(value: string, caCert: string): Explanation {
  const cas = listCas(caCert);
  const path = value.includes('-----BEGIN') ? '' : `=${quoteForShell(value)}`;
  return {
    problem: `was not issued by ${cas.length === 1 ? 'the CA' : 'any CA'} in TPKS_CA_CERT${path} (${describeCas(cas)})`,
    hint:
      'set TPKS_CA_CERT to the CA certificate of this installation, or unset it to use the stored CA and the system CAs:\n' +
      'unset TPKS_CA_CERT',
  };
}

/** The hostnames and IP addresses that a certificate is for, including wildcards. */
function listNames({ subjectaltname = '' }: tls.PeerCertificate): string[] {
  return subjectaltname
    .split(', ')
    .flatMap((entry) => /^(?:DNS|IP Address):(.+)$/.exec(entry)?.[1] ?? []);
}

/**
 * Finds a name that probably belongs to the same host, for a command that the user can copy. The names come from
 * the server, so only letters, digits, dots and hyphens are accepted; this excludes wildcards. A program on this
 * machine must not get the password for a server elsewhere.
 */
function findHostName(
  names: readonly string[],
  host: string,
  certificate: tls.PeerCertificate,
): string | undefined {
  const usable = names.filter(
    (name) =>
      /^[a-z\d][a-z\d.-]*$/i.test(name) &&
      verifyHost(name, certificate) === undefined &&
      (isLoopback(host) || !isLoopback(name)),
  );
  const isLonger = (name: string) => name.startsWith(`${host}.`);
  return usable.find(isLonger) ?? usable.find((name) => isIP(name) === 0) ?? usable[0];
}

function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d+){3}|::1)$/i.test(host);
}

function describeWrongHost(names: readonly string[]): string {
  if (names.length === 0) return 'was issued for another host';
  const hidden = names.length - 3;
  const list = `${names.slice(0, 3).join(', ')}${hidden > 0 ? ` and ${String(hidden)} more` : ''}`;
  return `was issued for ${names.length === 1 ? 'another host' : 'other hosts'}: ${list}`;
}

function createHostHint(name: string | undefined, command: string | undefined): string {
  if (name === undefined) return 'use a hostname that the certificate was issued for';
  return command === undefined
    ? `if ${name} is the same server, use that name in the address`
    : `if ${name} is the same server, run:\n${command}`;
}

/**
 * Says which certificate has expired or is not valid yet, and when.
 * @returns `undefined` if it is neither one that the server has sent nor the given CA.
 */
function describeDateProblem(
  leaf: tls.DetailedPeerCertificate | undefined,
  caCert: string | undefined,
): string | undefined {
  // OpenSSL uses the system clock, not a clock that was passed to the program.
  const now = new Date();
  const certificates = [...listChain(leaf), ...(caCert === undefined ? [] : listCas(caCert))];
  for (const { subject, valid_from: from, valid_to: to } of certificates) {
    const isExpired = Date.parse(to) < now.getTime();
    if (!isExpired && Date.parse(from) <= now.getTime()) continue;
    const isLeaf = subject === leaf?.subject;
    const issuer = isLeaf
      ? ''
      : `was issued by ${formatDistinguishedName(subject)}, whose certificate `;
    const date = isExpired
      ? `expired on ${formatDate(to)}`
      : `is not valid before ${formatDate(from)}`;
    return `${issuer}${date}; the clock of this machine shows ${formatInstant(now)}`;
  }
  return undefined;
}

/** Lists what a user needs to identify a certificate. */
export function listFacts(certificate: tls.PeerCertificate): Fact[] {
  const names = listNames(certificate).join(', ');
  return [
    ['Issuer', formatDistinguishedName(certificate.issuer)],
    ...(names === '' ? [] : [['Issued for', names] as const]),
    ['Valid', `${formatDate(certificate.valid_from)} to ${formatDate(certificate.valid_to)}`],
    ['SHA-256', certificate.fingerprint256],
  ];
}

/** A server can send an invalid date. */
function formatDate(text: string): string {
  return Number.isNaN(Date.parse(text)) ? text : formatInstant(new Date(text));
}

/** Formats the name of a certificate's subject or issuer, e.g. `CN=Example CA, O=Example`. */
export function formatDistinguishedName(name: object): string {
  const parts = Object.entries(name).map(([key, value]) => `${key}=${String(value)}`);
  return parts.join(', ') || 'unnamed';
}
