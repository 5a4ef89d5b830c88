import { request } from 'node:https';

/** One exchange over node:https, without any of tpks's own client code. */
export interface RawRequest {
  readonly method?: string;
  readonly url: string;
  /** PEM of the authority to trust. */
  readonly ca: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as a form. */
  readonly form?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as `Authorization: Basic`, as it is. */
  readonly basic?: readonly [id: string, secret: string];
  readonly bearer?: string;
}

export interface RawResponse {
  readonly status: number;
  /** Names in lower case; repeated ones joined by a comma and a blank. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The body as JSON. @throws {SyntaxError} when it is something else */
  readonly json: () => Record<string, unknown>;
}

export async function rawRequest(input: RawRequest): Promise<RawResponse> {
  const { url, ca, form, json, basic, bearer } = input;
  const headers: Record<string, string> = { accept: 'application/json', ...input.headers };
  if (basic) headers['authorization'] = `Basic ${Buffer.from(basic.join(':')).toString('base64')}`;
  if (bearer !== undefined) headers['authorization'] = `Bearer ${bearer}`;
  let body: string | undefined;
  if (form) {
    headers['content-type'] ??= 'application/x-www-form-urlencoded';
    body = new URLSearchParams(form).toString();
  } else if (json !== undefined) {
    headers['content-type'] ??= 'application/json';
    body = JSON.stringify(json);
  }
  // Without the body's length node would send it in chunks on methods such as DELETE.
  if (body !== undefined) headers['content-length'] = String(Buffer.byteLength(body));
  const method = input.method ?? (body === undefined ? 'GET' : 'POST');
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, ca, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('error', reject);
      response.on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          headers: flat(response.headers),
          text,
          json: () => JSON.parse(text) as Record<string, unknown>,
        });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function flat(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value = '']) => [
      name,
      Array.isArray(value) ? value.join(', ') : value,
    ]),
  );
}
