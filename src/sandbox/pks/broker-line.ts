import { ErrorResponse, json } from '../router.js';
import { ask, basic } from '../wire.js';

/**
 * One question to the broker.
 *
 * @returns what it answers with; undefined when it does not know what was asked about.
 * @throws {ErrorResponse} when it will not, or fails and says why.
 */
export type BrokerLine = (method: string, path: string, body?: unknown) => Promise<unknown>;

/** @param origin - where the broker listens. */
export function createBrokerLine(
  origin: string,
  { username, password }: { readonly username: string; readonly password: string },
): BrokerLine {
  const headers = {
    authorization: basic(username, password),
    accept: 'application/json',
    'content-type': 'application/json',
  };
  return async (method, path, sent) => {
    const text = sent === undefined ? undefined : JSON.stringify(sent);
    const request = { method, url: `${origin}${path}`, headers };
    const { status, body } = await ask({ ...request, ...(text !== undefined && { body: text }) });
    if (status >= 200 && status < 300) return JSON.parse(body) as unknown;
    if (status === 404) return undefined;
    throw new ErrorResponse(
      status < 500
        ? json(status, { body: descriptionIn(body) })
        : // The form in which the API passes a broker's failure on. @see pks-api, section 11
          json(500, {
            body: `Status: ${String(status)}; ErrorMessage: <nil>; Description: ${descriptionIn(body)}; ResponseError: <nil>`,
          }),
    );
  };
}

function descriptionIn(body: string): string {
  try {
    const value: unknown = JSON.parse(body);
    const found: unknown =
      typeof value === 'object' && value !== null ? Reflect.get(value, 'description') : undefined;
    return typeof found === 'string' ? found : body;
  } catch {
    return body;
  }
}

export function unreadable(): Error {
  return new Error('The broker answered with something that nobody asked for');
}
