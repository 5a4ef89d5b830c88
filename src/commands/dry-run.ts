import { Option } from 'commander';
import type { Services } from '../app/services.js';
import { tryParseJson } from '../base/json-value.js';
import { toJson } from '../base/sanitize.js';
import { redact } from '../base/secret.js';
import type { PlannedRequest, DryRunOption } from '../platform/http/dry-run.js';
import type { HttpRequest } from '../platform/http/send.js';
import type { View } from '../platform/terminal/terminal.js';

export type { DryRunOption };

/** Creates the option of all commands that change something. */
export function dryRunOption(): Option {
  return new Option('--dry-run', 'show the request without sending it');
}

/** Runs a command that sends one request; if `withDryRun` stopped it, shows that request. */
export async function runAndShowDryRun(
  work: () => Promise<void>,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isPlannedRequest(error)) throw error;
    await showDryRun([error.request], terminal);
  }
}

/** Shows requests that were not sent. In JSON, several requests are a list, and a single one is an object. */
export async function showDryRun(
  requests: readonly HttpRequest[],
  terminal: Services['terminal'],
): Promise<void> {
  const views = requests.map(requestView);
  const [first, ...others] = views;
  if (first === undefined) return;
  terminal.note('Dry run: nothing was sent');
  await terminal.show({
    ...first,
    ...(others.length > 0 ? { json: views.map(({ json }) => json) } : {}),
    text: views.flatMap(({ text }) => text),
  });
}

/**
 * Shows a request without its secrets. In JSON it is `{ method, url, body }`, where `body` is `null`
 * for a request without a body.
 */
export function requestView({ method, url: rawUrl, body }: HttpRequest): View {
  // The id of an opaque token is the token itself.
  const url = redact(rawUrl);
  const text = body === undefined ? undefined : redact(Buffer.from(body).toString('utf8'));
  const json = text === undefined ? null : (tryParseJson(text) ?? text);
  return {
    json: { method, url, body: json },
    text: [`${method} ${url}`, ...(json === null ? [] : ['', ...toJson(json, 3).split('\n')])],
    indent: 3,
  };
}

/** Compares the name because `instanceof` fails for errors of another bundle chunk. */
export function isPlannedRequest(error: unknown): error is PlannedRequest {
  return error instanceof Error && error.name === 'PlannedRequest';
}
