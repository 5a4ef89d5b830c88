import { STATUS_CODES } from 'node:http';
import { isSuccess } from '../api/client/api-error.js';
import { createZoneHeader } from '../api/uaa/uaa-api.js';
import { tryParseJson } from '../base/json-value.js';
import { requestError, uaacError } from './uaac-error.js';
import { requireContext, type UaacRun } from './uaac-run.js';

/**
 * Sends a request to the UAA with the current token, and prints it with its response. The token is sent
 * only to the UAA of the context.
 */
export async function curl(run: UaacRun): Promise<void> {
  const { args, options, services, print, formatHelp } = run;
  const [path] = args;
  if (path === undefined) return print(...(formatHelp(['curl']) ?? []));
  const context = await requireContext(run);
  warnAboutIgnoredOptions(run);
  const url = /^https?:\/\//.test(path) ? path : `${context.uaa}${path}`;
  if (!URL.canParse(url)) throw requestError('URI::InvalidURIError', `bad URI: ${url}`);
  const method = (options.text('request') ?? 'GET').toUpperCase();
  const body = options.text('data');
  const headers = options.texts('header');
  const isVerbose = options.flag('bodyonly') !== true;
  if (isVerbose) {
    await print(
      `${method} ${url}`,
      ...(body === undefined ? [] : [`REQUEST BODY: "${body}"`]),
      ...(headers.length === 0 ? [] : ['REQUEST HEADERS:', ...headers.map((line) => `  ${line}`)]),
      '',
    );
  }
  const { zone } = services.options();
  const send = services.connect(context, { auth: context });
  const response = await send({
    method,
    url,
    headers: {
      accept: '*/*',
      ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      ...Object.fromEntries(zone === undefined ? [] : [createZoneHeader(zone)]),
      ...Object.fromEntries(headers.map(parseHeader)),
    },
    ...(body === undefined ? {} : { body }),
  });
  if (isVerbose) {
    await print(
      `${String(response.status)} ${STATUS_CODES[response.status] ?? ''}`.trimEnd(),
      'RESPONSE HEADERS:',
      ...Object.entries(response.headers).map(([name, value]) => `  ${capitalize(name)}: ${value}`),
      'RESPONSE BODY:',
    );
  }
  const text = await response.text();
  const output = formatBody(text, response.headers['content-type']).replace(/\n$/, '');
  await print(...output.split('\n'));
  if (!isSuccess(response)) throw uaacError();
}

function warnAboutIgnoredOptions({ options, services }: UaacRun): void {
  for (const name of ['insecure', 'cacert'].filter((each) => options.has(each))) {
    services.terminal.warn(`--${name} is ignored: the TLS settings of the target apply`);
  }
}

function parseHeader(line: string): [string, string] {
  const [, name = '', value = ''] = /^([^:\s]+):\s*(.*)$/s.exec(line) ?? [];
  if (name !== '') return [name.toLowerCase(), value];
  throw requestError('ArgumentError', `invalid header: ${line} (expected NAME: VALUE)`);
}

function capitalize(name: string): string {
  return name.replace(
    /(^|-)([a-z])/g,
    (_text, dash: string, letter: string) => `${dash}${letter.toUpperCase()}`,
  );
}

function formatBody(text: string, type = ''): string {
  const value = type.includes('application/json') ? tryParseJson(text) : undefined;
  return value === undefined ? text : JSON.stringify(value, null, 2);
}
