import type { ReceivedResponse } from './exchange.js';
import { summarizeHtml } from './summarize-html.js';

/** A response without the values that differ between two runs. */
export interface Recording {
  readonly status: number;
  /** Without the {@link usualHeaders}. */
  readonly headers: Readonly<Record<string, unknown>>;
  /** The usual headers that are missing. */
  readonly missing?: readonly string[];
  readonly body?: unknown;
}

/** The headers of almost every response. */
const usualHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-cache, no-store, max-age=0, must-revalidate',
  pragma: 'no-cache',
  expires: '0',
  'strict-transport-security': 'max-age=31536000 ; includeSubDomains',
  'x-xss-protection': '1; mode=block',
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
};

/** Headers of the connection, and the time. */
const ignoredHeaders = [
  'date',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'server',
];

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
  const compared: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (ignoredHeaders.includes(name) || value === usualHeaders[name]) continue;
    compared[name] =
      typeof value === 'string'
        ? clean(name === 'allow' ? sortMethods(value) : value)
        : value.map((cookie) => cleanCookie(cookie, clean)).sort();
  }
  const missing = Object.keys(usualHeaders).filter((name) => headers[name] === undefined);
  return {
    status,
    headers: compared,
    ...(missing.length > 0 && { missing }),
    ...(body !== '' && { body: normalizeBody(body, String(headers['content-type']), clean) }),
  };
}

/** The order of the methods can differ each time that the real server starts. */
function sortMethods(allow: string): string {
  const separator = allow.includes(', ') ? ', ' : ',';
  return allow.split(separator).sort().join(separator);
}

type Clean = (text: string) => string;

function normalizeBody(body: string, contentType: string, clean: Clean): unknown {
  if (contentType.includes('json')) {
    try {
      return cleanJson(JSON.parse(body), clean);
    } catch {
      return clean(body);
    }
  }
  if (contentType.includes('html')) return cleanJson(summarizeHtml(body), clean);
  return clean(body);
}

/** Sorts members and lists, because the order of the real server's hash sets is not stable. */
function cleanJson(value: unknown, clean: Clean, name = ''): unknown {
  if (name === 'rev_sig') return '<hash>';
  if (['kid', 'activeKeyId'].includes(name) && (value === 'test' || value === 'sandbox-key'))
    return '<key id>';
  if (name === 'n' && typeof value === 'string') return '<modulus>';
  // Codes that can be used once, for example to reset a password.
  if (name === 'code' && typeof value === 'string' && /^[\w-]{10}$/.test(value)) return '<code>';
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
    for (const [pattern, kind] of kinds) result = result.replace(pattern, kind);
    return result;
  };
}

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

/** Replaces the value of a cookie, unless it is empty. */
function cleanCookie(cookie: string, clean: Clean): string {
  return clean(cookie).replace(/^([^=]+)=[^;]+/, '$1=<value>');
}
