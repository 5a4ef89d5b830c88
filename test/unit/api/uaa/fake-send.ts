import type { HttpRequest, HttpResponse, Send } from '../../../../src/platform/http/send.js';
import { toResponse } from '../../../support/fakes/fake-send.js';

/** A `Send` that responds without a network and records the requests. */
export interface FakeSend {
  readonly send: Send;
  readonly requests: HttpRequest[];
}

/** @param respond - returns the body of the response, or throws what `send` rejects with. */
export function fakeSend(respond: (request: HttpRequest) => unknown): FakeSend {
  const requests: HttpRequest[] = [];
  return {
    requests,
    send: async (request) => {
      requests.push(request);
      return ok(JSON.stringify(respond(request)));
    },
  };
}

export function ok(text: string): HttpResponse {
  return toResponse({ body: text });
}

/** @returns the query parameters of a request. */
export function query({ url }: HttpRequest): Record<string, string> {
  return Object.fromEntries(new URL(url).searchParams);
}
