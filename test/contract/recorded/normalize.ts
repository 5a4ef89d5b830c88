import type { ReceivedResponse } from './exchange.js';

/** The parts of a response that clients read, without values that differ between two runs. */
export interface Recording {
  readonly status: number;
  /** Without descriptions of errors; its parameters are sorted. */
  readonly location?: string;
  /** The scheme, the realm and the error code of `WWW-Authenticate`. */
  readonly challenge?: string;
  /** JSON; of an error, only the code and the names of the members. For other types, the type. */
  readonly body?: unknown;
}

/**
 * Replaces values that differ between runs with their kind, for example `<uuid>`, and decodes tokens.
 *
 * @param saved - values of the run; their names replace them.
 */
export function normalize(
  { status, headers, body }: ReceivedResponse,
  { uaa, saved }: { readonly uaa: string; readonly saved: ReadonlyMap<string, string> },
): Recording {
  const clean = createCleaner(uaa, saved);
  const type = String(headers['content-type']);
  const { location, 'www-authenticate': challenge } = headers;
  return {
    status,
    ...(location !== undefined && { location: normalizeLocation(clean(String(location))) }),
    ...(challenge !== undefined && { challenge: shortenChallenge(String(challenge)) }),
    ...(body !== '' && { body: normalizeBody(status, body, type, clean) }),
  };
}

/** Removes the description of an error, and sorts the parameters and their scopes. */
function normalizeLocation(location: string): string {
  return location.replace(/([?#])([^?#]*)/g, (_, mark: string, text: string) => {
    const parameters = text
      .split('&')
      .filter((parameter) => !parameter.startsWith('error_description='))
      .map((parameter) =>
        parameter.startsWith('scope=')
          ? `scope=${parameter.slice(6).split('%20').sort().join('%20')}`
          : parameter,
      );
    return text === '' || parameters.length === 0 ? '' : `${mark}${parameters.sort().join('&')}`;
  });
}

function shortenChallenge(challenge: string): string {
  const [scheme = ''] = challenge.split(' ');
  const members = challenge.match(/(realm|error)="[^"]*"/g) ?? [];
  return [scheme, ...members].join(' ');
}

type Clean = (text: string) => string;

function normalizeBody(status: number, body: string, type: string, clean: Clean): unknown {
  // Some errors are plain text, although their type is JSON.
  const value = type.includes('json') ? parseJson(body) : undefined;
  if (value === undefined) return `<${type.split(';')[0] ?? ''}>`;
  if (status < 400 || typeof value !== 'object' || value === null || Array.isArray(value)) {
    return cleanJson(value, clean);
  }
  const code = 'error' in value ? value.error : undefined;
  return { error: code, members: Object.keys(value).sort() };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Sorts members and lists, because the order of the real server's hash sets is not stable. */
function cleanJson(value: unknown, clean: Clean, name = ''): unknown {
  if (name === 'rev_sig') return '<hash>';
  if (['kid', 'activeKeyId'].includes(name) && (value === 'test' || value === 'sandbox-key'))
    return '<key id>';
  if (name === 'n' && typeof value === 'string') return '<modulus>';
  // Codes that can be used once, for example to reset a password.
  if (name === 'code' && typeof value === 'string' && /^[\w-]{10}$/.test(value)) return '<code>';
  // The configuration of an identity provider is JSON text, in an order that is not stable.
  if (name === 'config' && typeof value === 'string') {
    return { text: cleanJson(parseJson(value), clean) };
  }
  if (typeof value === 'string') return cleanText(value, clean);
  if (typeof value === 'number') return cleanNumber(value, name);
  if (Array.isArray(value)) {
    const items = value.map((item) => cleanJson(item, clean));
    return items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    entries.map(([key, member]) => [
      clean(key),
      key === 'scope' && typeof member === 'string'
        ? clean(member).split(' ').sort().join(' ')
        : cleanJson(member, clean, key),
    ]),
  );
}

function cleanNumber(value: number, name: string): number | string {
  if (value > 1e12) return '<ms>';
  if (value > 1.5e9) return '<seconds>';
  // The real server returns up to two seconds less than the lifetime.
  // Adding zero changes -0, which JSON does not have, to 0.
  if (name === 'expires_in') return Math.ceil(value / 10) * 10 + 0;
  return value;
}

function cleanText(text: string, clean: Clean): unknown {
  const claims = decodeToken(text);
  if (!claims) return clean(text);
  const { iat, exp } = claims.payload;
  const lifetime =
    typeof iat === 'number' && typeof exp === 'number' && Math.round((exp - iat) / 10) * 10;
  const payload = { ...claims.payload, ...(lifetime !== false && { exp: `iat + ${lifetime}` }) };
  return cleanJson({ header: claims.header, payload }, clean);
}

function decodeToken(
  text: string,
): { header: unknown; payload: Record<string, unknown> } | undefined {
  const [, header, payload] = /^(eyJ[\w-]+)\.([\w-]+)\.[\w-]+$/.exec(text) ?? [];
  if (header === undefined || payload === undefined) return undefined;
  const decode = (part: string): unknown =>
    JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  return { header: decode(header), payload: decode(payload) as Record<string, unknown> };
}

function createCleaner(uaa: string, saved: ReadonlyMap<string, string>): Clean {
  // Short values, for example versions, could be part of other texts.
  const names = [...saved].filter(([, value]) => value.length >= 6);
  names.sort(([, a], [, b]) => b.length - a.length);
  const address = new URL(uaa);
  return (text) => {
    let result = text;
    for (const [name, value] of names) {
      result = result
        .replaceAll(value, `<${name}>`)
        .replaceAll(encodeURIComponent(value), `<${name}>`);
    }
    result = result
      .replaceAll(uaa, '<uaa>')
      .replaceAll(encodeURIComponent(uaa), '<uaa>')
      .replaceAll(address.host, '<host>');
    if (!mayVary.test(result)) return result;
    for (const [pattern, kind] of kinds) result = result.replace(pattern, kind);
    return result;
  };
}

/** Matches every text that one of `kinds` matches. Most texts are short names, and need none of them. */
const mayVary = /\d|[?&#@]|eyJ|^"?[a-f]{8}"?$/;

const kinds: readonly (readonly [RegExp, string])[] = [
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, '<jwt>'],
  [/\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b/gi, '<uuid>'],
  [/\b[\da-f]{32}\b/g, '<token>'],
  [/\b[\dA-F]{32}\b/g, '<session id>'],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\b/g, '<date>'],
  [/\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d \w+ \d{4}\b/g, '<date>'],
  [
    /\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d[ -][A-Z][a-z]{2}[ -]\d{2,4} \d\d:\d\d:\d\d GMT\b/g,
    '<date>',
  ],
  [/\b1[5-9]\d{11}\b/g, '<ms>'],
  [/\b1[5-9]\d{8}\b/g, '<seconds>'],
  [/^-----BEGIN PUBLIC KEY-----\n[\w+/=\n]+\n-----END PUBLIC KEY-----$/g, '<public key>'],
  [/^-----BEGIN CERTIFICATE-----\n[\w+/=\n]+\n-----END CERTIFICATE-----\n$/g, '<certificate>'],
  [/^"[\da-f]{8}"$/g, '"<hash>"'],
  [/^[\da-f]{8}$/g, '<hash>'],
  [/((?:Authentication|AuthenticationToken|User)@)[\da-f]+/g, '$1<hash>'],
  [/([?&#]code=)[\w-]+/g, '$1<code>'],
  [/([?&#]expires_in=)\d+/g, '$1<number>'],
  [/([?&#]session_state=)[^&]+/g, '$1<state>'],
];
