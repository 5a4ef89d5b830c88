import { mask, redact, redactStart } from '../secret.js';
import type { HttpRequest, HttpResponse, Send } from './send.js';

const secretHeaders = new Set(['authorization', 'cookie', 'set-cookie', 'proxy-authorization']);

const secretMembers =
  'password|passcode|oldPassword|secret|oldSecret|client_secret|access_token|refresh_token|' +
  'id_token|token|code|code_verifier|assertion|salt|token_salt';
/** In a form, and in the query or the fragment of an address. */
const secretInForm = new RegExp(`(^|[?#&])(${secretMembers})=[^&#]*`, 'gi');
/** Ends before the value: a long one would overflow the stack of the regular expression engine. */
const secretNameInJson = new RegExp(`"(?:${secretMembers})"\\s*:\\s*`, 'gi');

const maskedReplacement = `$1$2=${mask}`;

/** How much of a body is shown: more would hide the other lines. */
const maximumShownCharacters = 4000;

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
      line(
        `${sign} ${name}: ${secretHeaders.has(name) ? mask : value.replace(secretInForm, maskedReplacement)}`,
      );
    }
  };
  return async (request) => {
    const startedAt = now().getTime();
    line(`> ${request.method} ${request.url}`);
    headers('>', request.headers);
    if (request.body !== undefined)
      line(`> ${formatBody(Buffer.from(request.body).toString(), 'whole')}`);
    const response = await send(request);
    line(`< ${String(response.status)} after ${String(now().getTime() - startedAt)} ms`);
    headers('<', response.headers);
    return traceBody(request, response, line);
  };
}

function traceBody(
  request: HttpRequest,
  response: HttpResponse,
  line: (text: string) => void,
): HttpResponse {
  const showBody = (text: string, part: Part): void => {
    if (text !== '' && request.method !== 'HEAD') line(`< ${formatBody(text, part)}`);
  };
  return {
    ...response,
    text: async () => {
      const text = await response.text();
      showBody(text, 'whole');
      return text;
    },
    stream: async function* () {
      const start: Uint8Array[] = [];
      let size = 0;
      const keep = (chunk: Uint8Array): void => {
        if (size >= maximumBufferedBytes) return;
        start.push(chunk);
        size += chunk.byteLength;
        if (size >= maximumBufferedBytes) showBody(Buffer.concat(start).toString(), 'start');
      };
      const source = response.stream()[Symbol.asyncIterator]();
      const progress = { isComplete: false, isOver: false };
      const next = async (): Promise<Uint8Array | undefined> => {
        try {
          const result: IteratorResult<Uint8Array, unknown> = await source.next();
          if (result.done !== true) {
            keep(result.value);
            return result.value;
          }
          progress.isOver = progress.isComplete = true;
          return undefined;
        } catch (error) {
          progress.isOver = true;
          throw error;
        }
      };
      try {
        for (let chunk = await next(); chunk !== undefined; chunk = await next()) yield chunk;
      } finally {
        // A reader that rejects the body stops reading, but the trace should still show it.
        while (!progress.isOver && size < maximumBufferedBytes) await next().catch(() => undefined);
        // An incomplete body may end with a part of a secret, so it is not shown.
        if (progress.isComplete && size < maximumBufferedBytes) {
          showBody(Buffer.concat(start).toString(), 'whole');
        }
        await source.return?.();
      }
    },
  };
}

type Part = 'whole' | 'start';

/**
 * How much of a streamed body is buffered to show its first characters: a secret among them is only
 * recognized if it is complete.
 */
const maximumBufferedBytes = 1024 * 1024;

function formatBody(body: string, part: Part): string {
  const isWhole = part === 'whole';
  const safe = maskMembers(body.replace(secretInForm, maskedReplacement));
  const start = redactStart(safe, maximumShownCharacters, isWhole);
  if (isWhole && body.length <= maximumShownCharacters) return start;
  return `${start}… (${isWhole ? `${String(body.length)} characters` : 'more than 1 MiB'})`;
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

/** The end of a JSON value, which may be cut off. */
function findValueEnd(json: string, start: number): number {
  const isText = json[start] === '"';
  let at = isText ? start + 1 : start;
  while (at < json.length) {
    const sign = json.charAt(at);
    if (isText && sign === '"') return at + 1;
    if (!isText && /[\s,}\]]/.test(sign)) return at;
    at += isText && sign === '\\' ? 2 : 1;
  }
  return json.length;
}
