import { STATUS_CODES } from 'node:http';
import { isSuccess } from '../api/client/api-error.js';
import { createZoneHeader } from '../api/uaa/uaa-api.js';
import { tryParseJson } from '../base/json-value.js';
import type { HttpRequest, HttpResponse } from '../platform/http/send.js';
import { requestError, UaacError } from './uaac-error.js';
import { requireContext, type UaacRun } from './uaac-run.js';

/**
 * Sends a request to the UAA with the current token, and prints it with its response. The token is sent
 * only to the UAA of the context.
 */
export async function curl(run: UaacRun): Promise<void> {
  const { args, options, services, print } = run;
  const [path] = args;
  if (path === undefined) return print(...run.help);
  const context = await requireContext(run);
  warnAboutIgnoredOptions(run);
  const url = /^https?:\/\//.test(path) ? path : `${context.uaa}${path}`;
  if (!URL.canParse(url)) throw requestError('URI::InvalidURIError', `bad URI: ${url}`);
  const isVerbose = options.flag('bodyonly') !== true;
  if (isVerbose) await print(...formatRequest(url, run));
  const send = services.connect(context, { auth: context });
  const response = await send(createRequest(url, run));
  if (isVerbose) await print(...formatResponseHead(response));
  const body = formatBody(await response.text(), response.headers['content-type']);
  await print(...body.replace(/\n$/, '').split('\n'));
  if (!isSuccess(response)) throw new UaacError([]);
}

function readMethod({ options }: UaacRun): string {
  return (options.text('request') ?? 'GET').toUpperCase();
}

function createRequest(url: string, run: UaacRun): HttpRequest {
  const { options, services } = run;
  const body = options.text('data');
  const { zone } = services.options();
  const headers = Object.assign(
    { accept: '*/*' },
    body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' },
    zone === undefined ? {} : createZoneHeader(zone),
    ...options.texts('header').map(parseHeader),
  ) as Readonly<Record<string, string>>;
  return { method: readMethod(run), url, headers, ...(body === undefined ? {} : { body }) };
}

function formatRequest(url: string, run: UaacRun): readonly string[] {
  const body = run.options.text('data');
  const headers = run.options.texts('header');
  return [
    `${readMethod(run)} ${url}`,
    ...(body === undefined ? [] : [`REQUEST BODY: "${body}"`]),
    ...(headers.length === 0 ? [] : ['REQUEST HEADERS:', ...headers.map((line) => `  ${line}`)]),
    '',
  ];
}

function formatResponseHead({ status, headers }: HttpResponse): readonly string[] {
  return [
    `${String(status)} ${STATUS_CODES[status] ?? ''}`.trimEnd(),
    'RESPONSE HEADERS:',
    ...Object.entries(headers).map(([name, value]) => `  ${capitalize(name)}: ${value}`),
    'RESPONSE BODY:',
  ];
}

function warnAboutIgnoredOptions({ options, services }: UaacRun): void {
  for (const name of ['insecure', 'cacert'] as const) {
    if (!options.has(name)) continue;
    services.terminal.warn(`--${name} is ignored: the TLS settings of the target apply`);
  }
}

function parseHeader(line: string): Readonly<Record<string, string>> {
  const [, name = '', value = ''] = /^([^:\s]+):\s*(.*)$/s.exec(line) ?? [];
  if (name !== '') return { [name.toLowerCase()]: value };
  throw requestError('ArgumentError', `invalid header: ${line} (expected NAME: VALUE)`);
}

function capitalize(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (text) => text.toUpperCase());
}

function formatBody(text: string, type = ''): string {
  const value = type.includes('application/json') ? tryParseJson(text) : undefined;
  return value === undefined ? text : JSON.stringify(value, null, 2);
}
