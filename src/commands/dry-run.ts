import { Option } from 'commander';
import { jsonOrNothing } from '../http/decode.js';
import type { HttpRequest, Send } from '../http/send.js';
import type { Services } from '../services.js';
import { toJson } from '../terminal/sanitize.js';
import type { View } from '../terminal/terminal.js';

/** How a service handles changes. */
export interface Writing {
  /** Requests that change something are not sent: {@link showingDryRun} shows them. */
  readonly dryRun?: boolean | undefined;
}

/** The option of every command that changes something. */
export function dryRunOption(): Option {
  return new Option('--dry-run', 'print the request without sending it');
}

/** Thrown instead of sending a request that would change something. */
class PlannedRequest extends Error {
  override readonly name = 'PlannedRequest';
  readonly request: HttpRequest;

  constructor(request: HttpRequest) {
    super(`${request.method} ${request.url} was not sent`);
    this.request = request;
  }
}

/** Sends reads, and throws for requests that would change something. */
export function withDryRun(send: Send): Send {
  return async (request) => {
    if (request.method === 'GET' || request.method === 'HEAD') return send(request);
    throw new PlannedRequest(request);
  };
}

/** Runs a command, and shows the request that {@link withDryRun} did not send, if there is one. */
export async function showingDryRun(
  work: () => Promise<void>,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isPlanned(error)) throw error;
    terminal.note('Dry run: nothing was sent');
    await terminal.show(requestView(error.request));
  }
}

/** `json` is `{ method, url, body }`; `body` is `null` if there is none. */
export function requestView({ method, url, body }: HttpRequest): View {
  const text = body === undefined ? undefined : Buffer.from(body).toString('utf8');
  const json = text === undefined ? null : (jsonOrNothing(text) ?? text);
  return {
    json: { method, url, body: json },
    text: [`${method} ${url}`, ...(json === null ? [] : ['', ...toJson(json, 3).split('\n')])],
    indent: 3,
  };
}

/** `instanceof` fails for errors of another bundle chunk: go by the name. */
function isPlanned(error: unknown): error is PlannedRequest {
  return error instanceof Error && error.name === 'PlannedRequest';
}
