import { InvalidArgumentError, Option, type Command } from 'commander';
import { isSuccess, toPlainStatusError } from '../api/client/api-error.js';
import type { Services } from '../app/services.js';
import { TpksError } from '../base/errors.js';
import { indentJson } from '../base/json-value.js';
import { apiOf } from '../domain/contexts/installation.js';
import type { HttpResponse } from '../platform/http/send.js';
import { readInputBytes } from '../platform/input/user-file.js';
import { asCollector } from './option-values.js';
import { withStdin } from './stdin-inputs.js';

export type CurlDeps = Pick<
  Services,
  'terminal' | 'context' | 'uaaContext' | 'pksSend' | 'uaaSend'
>;

export interface CurlFlags {
  readonly method?: string;
  readonly header?: readonly Header[];
  readonly data?: string;
  readonly include?: boolean;
  readonly uaa?: boolean;
  /** With `uaa`, also accept an identity whose token has no scope for `tpks uaa`. */
  readonly acceptsOtherRole?: boolean;
}

type Header = readonly [name: string, value: string];

/** Part of the descriptions of `tpks curl` and `tpks uaa curl`. */
export const bodyTimeoutNote =
  'Exits with 5 if the body arrives more slowly than 16 KiB per --timeout. For event streams, use a ' +
  'long timeout.';

export const description =
  'Send a request with the current token to the PKS API, or with --uaa to the UAA, and print ' +
  'the response body. Control characters are escaped on a terminal. Exits with 0 only if the ' +
  `status is 2xx. ${bodyTimeoutNote}`;

export const examples = {
  'send a request to the API': 'tpks curl /v1/clusters',
  'send a request to the UAA': "tpks curl --uaa '/Users?count=1'",
};

export function define(command: Command, deps: CurlDeps): void {
  addRequestOptions(command, '/v1/clusters')
    .option('--uaa', 'send the request to the UAA')
    .action((path: string, flags: CurlFlags) =>
      curl({ path, ...flags, acceptsOtherRole: true }, deps),
    );
}

/**
 * Adds the argument and the options that describe a request.
 * @param example - a path on the server that the command calls.
 */
export function addRequestOptions(command: Command, example: string): Command {
  return command
    .argument('<path>', `path and query, e.g. ${example}`)
    .option('-X, --method <method>', 'HTTP method (default: POST with --data, otherwise GET)')
    .option(
      '-H, --header <header>',
      'request header, as "Name: value"; repeatable',
      asCollector(collectHeader),
    )
    .addOption(
      withStdin(
        new Option('-d, --data <text>', 'request body; @FILE reads it from a file, @- from stdin'),
        '@-',
      ),
    )
    .option('-i, --include', 'print the response status and headers before the body');
}

/** Sends one request and prints the response. @throws {TpksError} if the status is not 2xx. */
export async function curl(
  input: CurlFlags & { readonly path: string },
  deps: CurlDeps,
): Promise<void> {
  const { terminal } = deps;
  const method = input.method === undefined ? undefined : parseMethod(input.method);
  validatePath(input.path);
  const { uaa: isForUaa = false, acceptsOtherRole = false } = input;
  const context = await (isForUaa ? deps.uaaContext({ acceptsOtherRole }) : deps.context());
  const base = isForUaa ? context.uaa : apiOf(context);
  const body =
    input.data === undefined
      ? undefined
      : await readBody(input.data, () => terminal.readStdin('--data'));
  const send = isForUaa ? deps.uaaSend(context) : deps.pksSend(context);
  const url = resolveUrl(input.path, base);
  const response = await send({
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    url,
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...Object.fromEntries(input.header ?? []),
    },
    ...(body === undefined ? {} : { body }),
  });
  const pieces = terminal.usesScreen() ? indentBody(response) : response.stream();
  await terminal.writeUntrusted(
    input.include === true ? prependHead(formatHead(response), pieces) : pieces,
  );
  if (!isSuccess(response)) throw toPlainStatusError({ url }, response);
}

/** @see RFC 9110, section 5.6.2: a method is a token */
function parseMethod(method: string): string {
  if (/^[\w!#$%&'*+.^`|~-]+$/.test(method)) return method.toUpperCase();
  throw new TpksError('usage', `${JSON.stringify(method)} is not an HTTP method`, {
    hint: 'use one word, e.g. -X DELETE',
  });
}

/** Rejects paths that a URL parser would silently change, because the request would differ from the input. */
function validatePath(path: string): void {
  const problem = findPathProblem(path);
  if (problem === undefined) return;
  throw new TpksError('usage', `The path ${problem}`, {
    hint: 'use the path of an API route, e.g. tpks curl /v1/clusters; nothing was sent',
  });
}

function findPathProblem(path: string): string | undefined {
  if (path.trim() === '') return 'is empty';
  if (/[\p{Cc}\p{Cs}]/u.test(path)) return 'contains a control character or an unpaired surrogate';
  const [route = ''] = path.split(/[?#]/);
  // URL parsers turn a backslash into a slash in the path, but not in the query.
  if (route.includes('\\')) return 'contains a backslash';
  const hasDots = route.split('/').some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment));
  return hasDots ? 'contains a . or .. segment, which would select another route' : undefined;
}

/** The token is sent only to the hosts of its context, so a URL on another host is an error. */
function resolveUrl(path: string, base: string): string {
  if (/^https?:\/\//i.test(path)) {
    if (URL.canParse(path) && new URL(path).origin === new URL(base).origin) return path;
    throw new TpksError('untrusted', `${path} is not on ${base}: nothing was sent`, {
      hint: 'use only the path; --uaa selects the UAA, --context another installation',
    });
  }
  return `${base}/${path.replace(/^\/+/, '')}`;
}

/** The same limit as for responses. */
const maximumBodyBytes = 16 * 1024 * 1024;

async function readBody(
  data: string,
  readStdin: () => Promise<string>,
): Promise<string | Uint8Array> {
  if (!data.startsWith('@')) return data;
  const file = data.slice(1);
  if (file === '-') return readStdin();
  return readInputBytes(file, {
    name: `the --data file ${file}`,
    hint: 'check the path; @- reads stdin',
    maximumBytes: maximumBodyBytes,
  });
}

async function* prependHead(
  head: string,
  body: AsyncIterable<Uint8Array>,
): AsyncIterable<Uint8Array> {
  yield Buffer.from(head);
  yield* body;
}

/** Larger bodies are printed as they arrive. To indent a body, tpks must wait until all of it has arrived. */
const maximumIndentedBytes = 1024 * 1024;

/** Indents a JSON body. Large bodies, event streams and invalid JSON are not changed. */
async function* indentBody({ headers, stream }: HttpResponse): AsyncIterable<Uint8Array> {
  const isJson = /^application\/(?:[^;]*\+)?json *(?:;|$)/i.test(headers['content-type'] ?? '');
  let received: Uint8Array[] = [];
  let size = isJson ? 0 : Infinity;
  try {
    for await (const piece of stream()) {
      size += piece.length;
      received.push(piece);
      if (size > maximumIndentedBytes) yield* received.splice(0);
    }
    const indented = indentJson(Buffer.concat(received).toString());
    if (indented !== undefined) received = [Buffer.from(`${indented}\n`)];
  } catch (error) {
    // Print the part of the body that has arrived.
    yield* received;
    throw error;
  }
  yield* received;
}

function formatHead({ status, headers }: HttpResponse): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP ${String(status)}`, ...lines, '', ''].join('\n');
}

/**
 * These headers control how the message is sent, so users cannot set them. With a wrong length, for
 * example, the server would wait for the rest of the body.
 */
const reservedHeaders = new Set([
  'connection',
  'content-length',
  'host',
  'trailer',
  'transfer-encoding',
]);

function collectHeader(text: string, all: readonly Header[] = []): Header[] {
  const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):\s*(.*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new InvalidArgumentError('expected "Name: value"');
  }
  if (reservedHeaders.has(name.toLowerCase())) {
    throw new InvalidArgumentError('tpks sets this header');
  }
  if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) {
    throw new InvalidArgumentError('headers can contain only Latin-1 characters');
  }
  return [...all, [name.toLowerCase(), value]];
}
