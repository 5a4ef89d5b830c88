import { hasText } from '../java/has-text.js';
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { isObject, type JsonObject } from '../../body.js';
import { empty, ErrorResponse } from '../../router.js';
import { readMember, toNodeText } from '../http/json-request.js';

/**
 * Finds the first problem of the configuration of a zone.
 *
 * @returns the end of the error description; undefined if the configuration is valid.
 * @throws ErrorResponse 500 without a body if the issuer is not a URL.
 * @see UAA 4.30.0 `GeneralIdentityZoneConfigurationValidator`
 */
export function findZoneConfigProblem(config: JsonObject): string | undefined {
  const issuer = config['issuer'];
  if (issuer !== undefined && !isJavaUrl(toNodeText(issuer) ?? '')) {
    throw new ErrorResponse(empty(500));
  }
  return (
    findSamlProblem(config['samlConfig']) ??
    findTokenProblem(config) ??
    findConsentProblem(readMember(config['branding'], 'consent')) ??
    findBannerProblem(readMember(config['branding'], 'banner')) ??
    findMfaProblem(config['mfaConfig'])
  );
}

const legacyKeyId = 'legacy-saml-key';

function findSamlProblem(saml: unknown): string | undefined {
  const read = (object: unknown, name: string) => toNodeText(readMember(object, name) ?? undefined);
  const keys = new Map<string, unknown>();
  const configured = readMember(saml, 'keys');
  if (isObject(configured)) for (const [id, key] of Object.entries(configured)) keys.set(id, key);
  const legacyKey = {
    certificate: read(saml, 'certificate'),
    key: read(saml, 'privateKey'),
    passphrase: read(saml, 'privateKeyPassword'),
  };
  if (Object.values(legacyKey).some(hasText)) keys.set(legacyKeyId, legacyKey);
  if (keys.size === 0) return undefined;
  const ownKeyId = read(saml, 'activeKeyId');
  const activeKeyId = hasText(ownKeyId) ? ownKeyId : keys.has(legacyKeyId) ? legacyKeyId : null;
  if (activeKeyId === null || !keys.has(activeKeyId)) {
    return `Invalid SAML active key ID: '${String(activeKeyId)}'. Couldn't find any matching keys.`;
  }
  for (const [id, value] of keys) {
    const [certificate, key, passphrase] = [
      read(value, 'certificate'),
      read(value, 'key'),
      read(value, 'passphrase'),
    ];
    if (
      certificate !== undefined &&
      key !== undefined &&
      !isKeyPair(certificate, key, passphrase)
    ) {
      return `There is a security problem with the SAML SP Key configuration for key '${id}'.`;
    }
    const count = [certificate, key, passphrase].filter((part) => part !== undefined).length;
    if (count === 1 || count === 2) {
      return 'Identity zone cannot be udpated with partial Saml CertKey config.';
    }
  }
  return undefined;
}

function isKeyPair(certificate: string, key: string, passphrase = ''): boolean {
  try {
    const pair = createPublicKey(createPrivateKey({ key, passphrase }));
    return new X509Certificate(certificate).publicKey.equals(pair);
  } catch {
    return false;
  }
}

function findTokenProblem({ tokenPolicy, issuer }: JsonObject): string | undefined {
  const activeKeyId = toNodeText(readMember(tokenPolicy, 'activeKeyId'));
  const keys = readMember(tokenPolicy, 'keys');
  if (hasText(activeKeyId)) {
    if (!isObject(keys) || Object.keys(keys).length === 0) {
      return 'Identity zone cannot specify an active key ID with no keys configured for the zone.';
    }
    if (!Object.hasOwn(keys, activeKeyId)) {
      return `The specified active key ID is not present in the configured keys: ${activeKeyId}`;
    }
  }
  return issuer !== undefined && (activeKeyId ?? '') === ''
    ? 'You cannot set issuer value unless you have set your own signing key for this identity zone.'
    : undefined;
}

function findConsentProblem(consent: unknown): string | undefined {
  if (!isObject(consent)) return undefined;
  if ((toNodeText(consent['text']) ?? '') === '') {
    return 'Consent text must be set if configuring consent';
  }
  return findLinkProblem('consent', consent['link']);
}

function findBannerProblem(banner: unknown): string | undefined {
  if (!isObject(banner)) return undefined;
  const checkColor = (name: string, value: unknown): string | undefined => {
    const color = toNodeText(value);
    return !hasText(color) || /^#([\da-f]{6}|[\da-f]{3})$/i.test(color)
      ? undefined
      : `Invalid banner ${name} color: ${color}. Must be a properly formatted hexadecimal color code.`;
  };
  const logo = toNodeText(banner['logo']);
  return (
    findLinkProblem('banner', banner['link']) ??
    checkColor('background', banner['backgroundColor']) ??
    checkColor('text', banner['textColor']) ??
    (hasText(logo) && /[^\w+/=\-\s]/.test(logo)
      ? 'Invalid banner logo. Must be in BASE64 format.'
      : undefined)
  );
}

function findLinkProblem(kind: string, value: unknown): string | undefined {
  const link = toNodeText(value);
  return !hasText(link) || isJavaUrl(link)
    ? undefined
    : `Invalid ${kind} link: ${link}. Must be a properly formatted URI beginning with http:// or https://`;
}

/**
 * In the sandbox, only the zone `uaa` has MFA providers, and its configuration cannot be changed.
 * So no zone can be configured to use one.
 */
function findMfaProblem(mfa: unknown): string | undefined {
  const name = toNodeText(readMember(mfa, 'providerName')) ?? null;
  return readMember(mfa, 'enabled') === true || hasText(name)
    ? `Active MFA Provider not found with name: ${String(name)}`
    : undefined;
}

/**
 * Whether Java's `URL` accepts the text: the scheme must be known, and the port must be a number.
 */
function isJavaUrl(text: string): boolean {
  return (
    /^\s*(https?|ftp|file|mailto):/i.test(text) &&
    !/^\s*\w+:\/\/[^/?#]*:(?!\d*([/?#]|$))/.test(text)
  );
}
