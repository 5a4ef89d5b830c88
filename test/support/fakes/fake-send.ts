import type { HttpRequest, HttpResponse, Send } from '../../../src/platform/http/send.js';

/** A response, or the error to throw instead. */
export interface FakeResponse {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text and bytes are sent unchanged, any other value as JSON. */
  readonly body?: unknown;
  readonly error?: Error;
}

/** A fake network that records requests. */
export interface FakeSend {
  readonly send: Send;
  readonly requests: readonly HttpRequest[];
}

/**
 * Body of a successful response of `/oauth/token`, with tokens that are not JWTs. They can be used for
 * PKS commands and for `tpks uaa`.
 */
export const tokenBody = {
  token_type: 'bearer',
  access_token: 'an-opaque-access-token',
  refresh_token: 'an-opaque-refresh-token',
  expires_in: 600,
  scope: 'pks.clusters.manage scim.write',
};

/** A response to the login probe that identifies a PKS API. */
export const probeResponse: FakeResponse = {
  headers: { 'content-type': 'application/vnd.spring-boot.actuator.v2+json;charset=UTF-8' },
};

/** Creates a fake network that returns one response per request; the last one is repeated. */
export function fakeSend(...answers: readonly FakeResponse[]): FakeSend {
  const requests: HttpRequest[] = [];
  return {
    requests,
    send: async (request) => {
      requests.push(request);
      const answer = answers[Math.min(requests.length, answers.length) - 1] ?? {};
      if (answer.error !== undefined) throw answer.error;
      return toResponse(answer);
    },
  };
}

/** Converts a fake response to the type that a `Send` returns. */
export function toResponse({ status = 200, headers = {}, body = '' }: FakeResponse): HttpResponse {
  const bytes = Buffer.isBuffer(body)
    ? body
    : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return {
    status,
    headers,
    text: () => Promise.resolve(bytes.toString()),
    stream: async function* () {
      yield await Promise.resolve(bytes);
    },
  };
}
