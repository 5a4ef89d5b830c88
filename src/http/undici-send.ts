import { setFlagsFromString } from 'node:v8';
import type { Dispatcher, EnvHttpProxyAgent, request } from 'undici';
import { TpksError } from '../errors.js';
import { readText } from './body.js';
import { createDeadline } from './deadline.js';
import type { HttpsSendDeps } from './https-send.js';
import { isCertificateProblem, toNetworkError } from './network-error.js';
import type { HttpRequest, HttpResponse, Send } from './send.js';

export interface ProxySendDeps extends HttpsSendDeps {
  /** As in `HTTPS_PROXY`: a URL, maybe with credentials, or a host and a port. */
  readonly proxy: string;
  /** As in `NO_PROXY`: hosts that are asked directly. */
  readonly noProxy: string;
}

/**
 * Sends through a proxy (CONNECT).
 * @throws {TpksError} `usage` when the proxy's address is none.
 */
export function createUndiciSend(deps: ProxySendDeps): Send {
  const proxy = proxyUrl(deps.proxy);
  let ready: Promise<Door> | undefined;
  return async (request) => {
    ready ??= openDoor(deps, proxy);
    const door = await ready;
    const timeoutSeconds = request.timeoutSeconds ?? deps.timeoutSeconds;
    try {
      return await exchange(door, request, timeoutSeconds);
    } catch (error) {
      if (!isCertificateProblem(error)) throw toNetworkError(error, request.url, proxy.origin);
      const { toUntrustedError } = await import('./untrusted.js');
      throw await toUntrustedError(error, request.url);
    }
  };
}

interface Door {
  readonly request: typeof request;
  readonly dispatcher: EnvHttpProxyAgent;
}

/** Curl and Go take a proxy without its scheme, so people write it so. */
function proxyUrl(typed: string): URL {
  const text = /^[a-z][a-z\d+.-]*:\/\//i.test(typed) ? typed : `http://${typed}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
  throw new TpksError('usage', 'HTTPS_PROXY is not the address of a proxy', {
    hint: 'give it as in HTTPS_PROXY=http://proxy.example.com:3128, or unset it',
  });
}

async function openDoor(
  { caCert, skipTlsVerification, systemRoots, noProxy }: ProxySendDeps,
  proxy: URL,
): Promise<Door> {
  // Node 20 spends 80 ms on optimising undici's parser, which one request never pays back.
  setFlagsFromString('--liftoff-only');
  // A CommonJS package: in the bundle, its default export is all there is.
  const { default: undici } = await import('undici');
  const system = [...systemRoots()];
  const roots = [...(caCert === undefined ? [] : [caCert]), ...system];
  const tls = skipTlsVerification ? { rejectUnauthorized: false } : { ca: roots };
  return {
    request: undici.request,
    dispatcher: new undici.EnvHttpProxyAgent({
      httpsProxy: proxy.href,
      noProxy,
      connect: tls,
      requestTls: tls,
      proxyTls: { ca: system },
    }),
  };
}

async function exchange(
  { request, dispatcher }: Door,
  { method, url, headers = {}, body }: HttpRequest,
  timeoutSeconds: number,
): Promise<HttpResponse> {
  const abort = new AbortController();
  const deadline = createDeadline(url, timeoutSeconds, (error) => {
    abort.abort(error);
  });
  const answer = await request(url, {
    dispatcher,
    method,
    headers: { ...headers },
    body: body ?? null,
    signal: abort.signal,
  }).catch((error: unknown) => {
    deadline.end();
    throw deadline.expired() ?? error;
  });
  const chunks = async function* (extend: boolean): AsyncIterable<Uint8Array> {
    try {
      for await (const chunk of answer.body) {
        if (extend) deadline.extend();
        yield Buffer.from(chunk);
      }
    } catch (error) {
      throw deadline.expired() ?? toNetworkError(error, url);
    } finally {
      deadline.end();
    }
  };
  // There is no body that somebody would read, and the connection waits for that.
  if (method === 'HEAD') await answer.body.dump().finally(deadline.end);
  return {
    status: answer.statusCode,
    headers: flatten(answer.headers),
    text: () => readText(chunks(false), new URL(url).host),
    stream: () => chunks(true),
  };
}

function flatten(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}
