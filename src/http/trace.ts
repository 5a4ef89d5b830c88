import { mask, redact } from '../secret.js';
import type { HttpRequest, HttpResponse, Send } from './send.js';

const secretHeaders = new Set(['authorization', 'cookie', 'set-cookie', 'proxy-authorization']);

const secretMembers =
  'password|passcode|oldPassword|secret|oldSecret|client_secret|access_token|refresh_token|' +
  'id_token|token|code|code_verifier|assertion|salt|token_salt';
/** In a form, and in the query or the fragment of an address. */
const inForm = new RegExp(`(^|[?#&])(${secretMembers})=[^&#]*`, 'gi');
const inJson = new RegExp(
  `("(?:${secretMembers})"\\s*:\\s*)("(?:[^"\\\\]|\\\\.)*"?|[^\\s,}\\]]+)`,
  'gi',
);

const asMasked = `$1$2=${mask}`;

/** More of a body than this tells nothing and drowns the rest. */
const shownCharacters = 4000;

export interface TraceDeps {
  /** Writes one line to stderr. */
  readonly write: (line: string) => void;
  readonly now: () => Date;
}

/** Shows each exchange, with every secret taken out by its name and by its value. */
export function withTrace(send: Send, { write, now }: TraceDeps): Send {
  const line = (text: string): void => {
    write(redact(text));
  };
  const headers = (sign: string, all: Readonly<Record<string, string>> = {}): void => {
    for (const [name, value] of Object.entries(all)) {
      line(`${sign} ${name}: ${secretHeaders.has(name) ? mask : value.replace(inForm, asMasked)}`);
    }
  };
  return async (request) => {
    const startedAt = now().getTime();
    line(`> ${request.method} ${request.url}`);
    headers('>', request.headers);
    if (request.body !== undefined) line(`> ${shown(Buffer.from(request.body).toString())}`);
    const response = await send(request);
    line(`< ${String(response.status)} after ${String(now().getTime() - startedAt)} ms`);
    headers('<', response.headers);
    return tracedBody(request, response, line);
  };
}

function tracedBody(
  request: HttpRequest,
  response: HttpResponse,
  line: (text: string) => void,
): HttpResponse {
  return {
    ...response,
    text: async () => {
      const text = await response.text();
      if (text !== '' && request.method !== 'HEAD') line(`< ${shown(text)}`);
      return text;
    },
  };
}

function shown(body: string): string {
  // Before it is cut: half a secret would not be known any more.
  const safe = redact(body.replace(inForm, asMasked).replace(inJson, `$1"${mask}"`));
  return safe.length > shownCharacters
    ? `${safe.slice(0, shownCharacters)}… (${String(safe.length)} characters)`
    : safe;
}
