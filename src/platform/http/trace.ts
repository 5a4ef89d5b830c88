import { findStringEnd } from '../../base/json-value.js';
import { mask, redact, redactStart } from '../../base/secret.js';
import type { Send } from './send.js';

const secretHeaders = new Set(['authorization', 'cookie', 'set-cookie', 'proxy-authorization']);

/** Includes `tokenId`, because the id of an opaque token is the token itself. */
const secretMembers =
  'tokenId|password|passcode|oldPassword|secret|oldSecret|client_secret|access_token|refresh_token|' +
  'id_token|token|code|code_verifier|assertion|client_assertion|salt|token_salt';
/** Matches a secret in a form, or in the query or the fragment of a URL. */
const secretInForm = new RegExp(`(^|[?#&])(${secretMembers})=[^&#]*`, 'gi');
/** Does not match the value, because a long one would overflow the stack of the regex engine. */
const secretNameInJson = new RegExp(`"(?:${secretMembers})"\\s*:\\s*`, 'gi');

/** How much of a body is shown. More would make the other lines hard to find. */
const maximumShownCharacters = 4000;

export interface TraceDeps {
  /** Writes one line to stderr. */
  readonly write: (line: string) => void;
  readonly now: () => Date;
}

/**
 * Prints each request and response, and masks secrets both by field name and by value. Does not show
 * streamed bodies, because only `tpks curl` streams them, and it prints them itself.
 */
export function withTrace(send: Send, { write, now }: TraceDeps): Send {
  const line = (text: string): void => {
    write(redact(text));
  };
  const writeHeaders = (sign: string, headers: Readonly<Record<string, string>> = {}): void => {
    for (const [name, value] of Object.entries(headers)) {
      line(`${sign} ${name}: ${secretHeaders.has(name) ? mask : maskForm(value)}`);
    }
  };
  return async (request) => {
    const startedAt = now().getTime();
    line(`> ${request.method} ${maskForm(request.url)}`);
    writeHeaders('>', request.headers);
    if (request.body !== undefined) line(`> ${formatBody(Buffer.from(request.body).toString())}`);
    const response = await send(request);
    line(`< ${String(response.status)} after ${String(now().getTime() - startedAt)} ms`);
    writeHeaders('<', response.headers);
    return {
      ...response,
      text: async (maximumBytes) => {
        const text = await response.text(maximumBytes);
        if (text !== '' && request.method !== 'HEAD') line(`< ${formatBody(text)}`);
        return text;
      },
    };
  };
}

function formatBody(body: string): string {
  const safe = maskMembers(maskForm(body));
  const start = redactStart(safe, maximumShownCharacters);
  if (body.length <= maximumShownCharacters) return start;
  return `${start}... (${String(body.length)} characters in total)`;
}

function maskForm(text: string): string {
  return text.replace(secretInForm, `$1$2=${mask}`);
}

function maskMembers(json: string): string {
  const parts: string[] = [];
  let read = 0;
  for (const { 0: name, index } of json.matchAll(secretNameInJson)) {
    const start = index + name.length;
    if (index < read || start === json.length) continue;
    parts.push(json.slice(read, start), `"${mask}"`);
    read = findValueEnd(json, start);
  }
  return [...parts, json.slice(read)].join('');
}

/** Returns the index after a JSON value, which may be truncated. */
function findValueEnd(json: string, start: number): number {
  if (json[start] === '"') return findStringEnd(json, start);
  let end = start;
  while (end < json.length && !/[\s,}\]]/.test(json.charAt(end))) end += 1;
  return end;
}
