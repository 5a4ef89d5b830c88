import { Option } from 'commander';
import { tryParseJson } from '../http/decode.js';
import type { PlannedRequest, DryRunOption } from '../http/dry-run.js';
import type { HttpRequest } from '../http/send.js';
import { redact } from '../secret.js';
import type { Services } from '../services.js';
import { toJson } from '../terminal/sanitize.js';
import type { View } from '../terminal/terminal.js';

export type { DryRunOption };

/** Creates the option of all commands that change something. */
export function dryRunOption(): Option {
  return new Option('--dry-run', 'show the request without sending it');
}

/** Runs a command; if `withDryRun` stopped a request, shows that request. */
export async function runAndShowDryRun(
  work: () => Promise<void>,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isPlannedRequest(error)) throw error;
    terminal.note('Dry run: nothing was sent');
    await terminal.show(requestView(error.request));
  }
}

/**
 * Shows a request without its secrets. In JSON it is `{ method, url, body }`, where `body` is `null` if
 * there is none.
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
function isPlannedRequest(error: unknown): error is PlannedRequest {
  return error instanceof Error && error.name === 'PlannedRequest';
}
