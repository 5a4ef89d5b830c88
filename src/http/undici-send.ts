import { setFlagsFromString } from 'node:v8';
import type { Dispatcher, EnvHttpProxyAgent, request } from 'undici';
import { readText } from './body.js';
import { createDeadline } from './deadline.js';
import type { HttpsSendDeps } from './https-send.js';
import { isCertificateProblem, toNetworkError } from './network-error.js';
import type { HttpRequest, HttpResponse, Send } from './send.js';

/** Sends through the proxy that the environment names; `NO_PROXY` is obeyed by undici. */
export function createUndiciSend(deps: HttpsSendDeps): Send {
  let ready: Promise<Door> | undefined;
  return async (request) => {
    ready ??= openDoor(deps);
    const door = await ready;
    const timeoutSeconds = request.timeoutSeconds ?? deps.timeoutSeconds;
    try {
      return await exchange(door, request, timeoutSeconds);
    } catch (error) {
      if (!isCertificateProblem(error)) throw toNetworkError(error, request.url);
      const { toUntrustedError } = await import('./untrusted.js');
      throw await toUntrustedError(error, request.url);
    }
  };
}

interface Door {
  readonly request: typeof request;
  readonly dispatcher: EnvHttpProxyAgent;
}

async function openDoor({
  caCert,
  skipTlsVerification,
  systemRoots,
}: HttpsSendDeps): Promise<Door> {
  // Node 20 spends 80 ms on optimising undici's parser, which one request never pays back.
  setFlagsFromString('--liftoff-only');
  // A CommonJS package: in the bundle, its default export is all there is.
  const { default: undici } = await import('undici');
  const roots = [...(caCert === undefined ? [] : [caCert]), ...systemRoots()];
  const tls = skipTlsVerification ? { rejectUnauthorized: false } : { ca: roots };
  return {
    request: undici.request,
    dispatcher: new undici.EnvHttpProxyAgent({ connect: tls, requestTls: tls }),
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
