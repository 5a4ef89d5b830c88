import type { HttpRequest, HttpResponse, Send } from '../../src/http/send.js';

/** An answer, or what is thrown in its place. */
export interface FakeAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A value that is no text is sent as JSON. */
  readonly body?: unknown;
  readonly error?: Error;
}

/** What a UAA returns for a login, with tokens that are not JWTs. */
export const opaqueTokens = {
  token_type: 'bearer',
  access_token: 'an-opaque-access-token',
  refresh_token: 'an-opaque-refresh-token',
  expires_in: 600,
  scope: 'pks.clusters.manage',
};

export interface FakeSend {
  readonly send: Send;
  readonly requests: readonly HttpRequest[];
}

/** A network that gives these answers, one a request; the last one for all that follow. */
export function fakeSend(...answers: readonly FakeAnswer[]): FakeSend {
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

export function toResponse({ status = 200, headers = {}, body = '' }: FakeAnswer): HttpResponse {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return {
    status,
    headers,
    text: () => Promise.resolve(text),
    stream: async function* () {
      yield await Promise.resolve(Buffer.from(text));
    },
  };
}
