import type { HttpRequest, HttpResponse, Send } from '../../../src/http/send.js';
import { toResponse } from '../../support/fake-send.js';

/** A server in a function, and what it was asked. */
export interface FakeSend {
  readonly send: Send;
  readonly requests: HttpRequest[];
}

/** @param answer - the body of the answer, sent as JSON; what it throws is thrown. */
export function fakeSend(answer: (request: HttpRequest) => unknown): FakeSend {
  const requests: HttpRequest[] = [];
  return {
    requests,
    send: async (request) => {
      requests.push(request);
      return ok(JSON.stringify(answer(request)));
    },
  };
}

export function ok(text: string): HttpResponse {
  return toResponse({ body: text });
}

/** Parameters of a request's query. */
export function query({ url }: HttpRequest): Record<string, string> {
  return Object.fromEntries(new URL(url).searchParams);
}
