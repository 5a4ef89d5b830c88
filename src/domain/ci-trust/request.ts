import { createHash, createPublicKey } from 'node:crypto';
import { TpksError } from '../../base/errors.js';
import { isObject, tryParseJson } from '../../base/json-value.js';
import { defaultCiClient, manageScope } from '../../base/pks-conventions.js';
import {
  ciSystems,
  createGithubSubject,
  createGitlabSubject,
  createPodSubject,
  type CiSystem,
} from '../auth/ci/systems.js';

/** The options of `tpks uaa trust add`. */
export interface TrustOptions {
  readonly github?: string | undefined;
  readonly environment?: string | undefined;
  readonly ref?: string | undefined;
  readonly gitlab?: string | undefined;
  readonly kubernetes?: string | undefined;
  readonly serviceAccount?: string | undefined;
  readonly issuer?: string | undefined;
  readonly subject?: string | undefined;
  readonly userClaim?: string | undefined;
  readonly audience?: string | undefined;
  readonly scope?: readonly string[] | undefined;
  readonly client?: string | undefined;
}

/** Which tokens a UAA should accept, and the scopes that they get. */
export interface TrustRequest {
  readonly name: string;
  /** `undefined` for another CI system. */
  readonly system: CiSystem | undefined;
  /** Must equal the claim `iss` exactly. */
  readonly issuer: string;
  /** The value of the claim `userClaim`. */
  readonly subject: string;
  readonly userClaim: string;
  readonly audience: string;
  readonly scopes: readonly string[];
  readonly clientId: string;
  /** The issuer's keys, for a UAA that cannot request them: a PEM key or a JWKS. */
  readonly tokenKey: TokenKey | undefined;
}

export interface TokenKey {
  readonly text: string;
  readonly isJwks: boolean;
}

/** @param defaultAudience - the base URL of the UAA. @throws {TpksError} `usage` for contradictory or invalid options. */
export function toTrustRequest(
  name: string,
  options: TrustOptions,
  {
    defaultAudience,
    tokenKey,
  }: { readonly defaultAudience: string; readonly tokenKey: TokenKey | undefined },
): TrustRequest {
  checkTrustName(name);
  rejectWildcards(options);
  const job = findJob(options);
  if (job.subject.length > maximumSubjectLength) {
    throw usageError(
      `The subject is longer than ${maximumSubjectLength} characters`,
      'the UAA does not support longer usernames; choose another claim: --user-claim CLAIM',
    );
  }
  return {
    name,
    userClaim: 'sub',
    ...job,
    issuer: parseIssuer(job.issuer),
    audience: options.audience ?? defaultAudience,
    scopes: [...new Set(options.scope ?? [manageScope])],
    clientId: options.client ?? defaultCiClient,
    tokenKey,
  };
}

const maximumSubjectLength = 255;

/** @throws {TpksError} `usage` */
function checkTrustName(name: string): void {
  if (/^[\w.-]{1,100}$/.test(name)) return;
  throw usageError(
    `Invalid trust name: ${JSON.stringify(name)}`,
    'use up to 100 letters, digits and - _ .',
  );
}

/** The UAA compares the whole subject. A user whose name contains `*` would never match. */
function rejectWildcards(options: TrustOptions): void {
  for (const [key, value] of Object.entries(options)) {
    if (![value].flat().some((text: unknown) => String(text).includes('*'))) continue;
    throw usageError(
      `${toFlag(key)} contains *, but wildcards are not supported: the UAA compares the whole value`,
      'add a trust for each value; for several branches in GitHub, use --environment NAME',
    );
  }
}

type Job = Pick<TrustRequest, 'system' | 'issuer' | 'subject'> & { readonly userClaim?: string };

function findJob(options: TrustOptions): Job {
  const { github, gitlab, kubernetes, issuer, subject } = options;
  if (github !== undefined) return findGithubJob(github, options);
  if (gitlab !== undefined) return findGitlabJob(gitlab, options);
  if (kubernetes !== undefined) return findPod(kubernetes, options);
  if (issuer === undefined || subject === undefined || subject.trim() === '') {
    throw usageError(
      'No jobs selected',
      'use --github OWNER/REPO, --gitlab GROUP/PROJECT, --kubernetes ISSUER, or --issuer URL --subject SUBJECT',
    );
  }
  rejectOthers(options, ['subject', 'issuer', 'userClaim']);
  return { system: undefined, issuer, subject, userClaim: options.userClaim ?? 'sub' };
}

function findGithubJob(repository: string, options: TrustOptions): Job {
  rejectOthers(options, ['github', 'issuer', 'environment', 'ref']);
  checkFormat('github', repository, /^[\w.-]+(?:@\d+)?\/[\w.-]+(?:@\d+)?$/, 'OWNER/REPO');
  const { environment, ref } = options;
  if (Boolean(environment) === Boolean(ref)) {
    throw usageError(
      '--github requires either --environment or --ref, because the subject of a job contains one of them',
      'use --environment NAME if the job names an environment, otherwise --ref BRANCH',
    );
  }
  const job = environment ? { environment } : { ref: ref ?? '' };
  const { github: system } = ciSystems;
  const issuer = options.issuer ?? system.issuer ?? '';
  return { system, issuer, subject: createGithubSubject(repository, job) };
}

function findGitlabJob(project: string, options: TrustOptions): Job {
  rejectOthers(options, ['gitlab', 'issuer', 'ref']);
  checkFormat('gitlab', project, /^[^\s/:]+(?:\/[^\s/:]+)+$/, 'GROUP/PROJECT');
  if (!options.ref) {
    throw usageError(
      '--gitlab requires --ref, because the subject of a job contains its branch',
      'use --ref BRANCH',
    );
  }
  const { gitlab: system } = ciSystems;
  const issuer = options.issuer ?? system.issuer ?? '';
  return { system, issuer, subject: createGitlabSubject(project, options.ref) };
}

function findPod(issuer: string, options: TrustOptions): Job {
  rejectOthers(options, ['kubernetes', 'serviceAccount']);
  const { serviceAccount } = options;
  if (serviceAccount === undefined) {
    throw usageError(
      '--kubernetes needs --service-account',
      'use --service-account NAMESPACE/NAME',
    );
  }
  checkFormat('serviceAccount', serviceAccount, /^[a-z0-9-]+\/[a-z0-9.-]+$/, 'NAMESPACE/NAME');
  return { system: ciSystems.kubernetes, issuer, subject: createPodSubject(serviceAccount) };
}

type Key = keyof TrustOptions;

/** @param own - the options that can be used together; the first one selects the CI system. */
function rejectOthers(options: TrustOptions, own: readonly [Key, ...Key[]]): void {
  const isOwn = (key: string): boolean =>
    [...own, 'audience', 'scope', 'client'].some((name) => name === key);
  const [other] =
    Object.entries(options).find(([key, value]) => value !== undefined && !isOwn(key)) ?? [];
  if (other === undefined) return;
  throw usageError(
    `${toFlag(own[0])} and ${toFlag(other)} cannot be used together`,
    'tpks uaa trust add --help',
  );
}

function checkFormat(key: Key, value: string, pattern: RegExp, format: string): void {
  if (pattern.test(value)) return;
  const flag = toFlag(key);
  throw usageError(`Invalid value for ${flag}: ${JSON.stringify(value)}`, `use ${flag} ${format}`);
}

function toFlag(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** @returns the issuer unchanged, because the UAA compares it exactly with the claim `iss`. */
function parseIssuer(issuer: string): string {
  const url = URL.canParse(issuer) ? new URL(issuer) : undefined;
  const isValid =
    url?.protocol === 'https:' && `${url.username}${url.password}${url.search}${url.hash}` === '';
  if (isValid) return issuer;
  throw usageError(
    `Invalid issuer ${JSON.stringify(issuer)}: it must be an https URL`,
    'use the claim iss of the ID token; over http, an attacker could replace the keys',
  );
}

/** Parses the content of `--token-key`. @throws {TpksError} `usage` for anything but public keys. */
export function parseTokenKey(text: string, path: string): TokenKey {
  const invalidError = (problem: string) =>
    usageError(
      `${path} ${problem}`,
      'use the public key of the issuer: a PEM file, or a JWKS (UAA 77 and later)',
    );
  const jwks = tryParseJson(text);
  if (isObject(jwks)) {
    const keys = Array.isArray(jwks['keys']) ? jwks['keys'] : [];
    const isPublic = (key: unknown) => isObject(key) && 'kty' in key && !('d' in key || 'k' in key);
    if (keys.length === 0 || !keys.every(isPublic)) {
      throw invalidError('is not a JWKS that contains only public keys');
    }
    return { text: JSON.stringify(jwks), isJwks: true };
  }
  if (text.includes('PRIVATE KEY')) throw invalidError('contains a private key');
  try {
    const key = createPublicKey(text);
    return { text: key.export({ type: 'spki', format: 'pem' }).toString().trim(), isJwks: false };
  } catch {
    throw invalidError('does not contain a public key');
  }
}

/** The provider settings for the keys of the issuer. @see docs/contributing/servers/ci.md#signing-keys */
export function createKeySettings({
  system,
  issuer,
  tokenKey,
}: Pick<TrustRequest, 'system' | 'issuer' | 'tokenKey'>): Readonly<Record<string, string>> {
  const base = issuer.replace(/\/$/, '');
  // Required, but never called for CI logins.
  const urls = { authUrl: `${base}/authorize`, tokenUrl: `${base}/token` };
  if (tokenKey !== undefined) return { ...urls, tokenKey: tokenKey.text };
  return system?.keyPath === undefined
    ? { discoveryUrl: createDiscoveryUrl(issuer) }
    : { ...urls, tokenKeyUrl: `${base}${system.keyPath}` };
}

export function createDiscoveryUrl(issuer: string): string {
  return `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
}

/** The UAA stores at most this many characters. */
const maximumOriginLength = 36;

/** @returns the origin of a new provider: a name of the CI system, or the host of the issuer. */
export function createOrigin({ system, issuer }: Pick<TrustRequest, 'system' | 'issuer'>): string {
  if (system?.origin !== undefined && issuer === system.issuer) return system.origin;
  const { host, pathname } = new URL(issuer);
  const name = host.replace(/[^a-z0-9.]+/g, '-');
  if (pathname === '/' && name.length <= maximumOriginLength) return name;
  // Several issuers can have the same host.
  const hash = createHash('sha256').update(issuer).digest('hex').slice(0, 8);
  return `${name.slice(0, maximumOriginLength - hash.length - 1)}-${hash}`;
}

function usageError(message: string, hint: string): TpksError {
  return new TpksError('usage', message, { hint });
}
