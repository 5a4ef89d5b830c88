import type { Exchange } from './exchange.js';

/** Creates the client `NAME<run>` with the secret `NAME-secret`. Requires `adminToken`. */
export function createClient(name: string, fields: Readonly<Record<string, unknown>>): Exchange {
  return {
    title: `the client ${name} is created`,
    request: 'POST /oauth/clients',
    as: 'admin',
    json: { client_id: `${name}<run>`, client_secret: `${name}-secret`, ...fields },
  };
}

/** Updates a client of {@link createClient}. The fields replace all earlier ones. */
export function updateClient(
  name: string,
  reason: string,
  fields: Readonly<Record<string, unknown>>,
): Exchange {
  return {
    title: `the client ${name} is updated: ${reason}`,
    request: `PUT /oauth/clients/${name}<run>`,
    as: 'admin',
    json: { client_id: `${name}<run>`, ...fields },
  };
}

/** Requests a token as a client of {@link createClient}, with its secret in the form. */
export function requestToken(
  title: string,
  client: string,
  form: Readonly<Record<string, string>>,
  rest: Partial<Exchange> = {},
): Exchange {
  return {
    title,
    request: 'POST /oauth/token',
    form: { client_id: `${client}<run>`, client_secret: `${client}-secret`, ...form },
    ...rest,
  };
}

/** Requests a token with the password of a user of `createUser`. */
export function requestUserToken(
  title: string,
  client: string,
  user: string,
  form: Readonly<Record<string, string>> = {},
  rest: Partial<Exchange> = {},
): Exchange {
  return requestToken(
    title,
    client,
    {
      grant_type: 'password',
      username: `${user}<run>`,
      password: `${user}-password`,
      ...form,
    },
    rest,
  );
}

/** Encodes the credentials of a `Basic` header. */
export function encodeBasic(credentials: string): string {
  return Buffer.from(credentials).toString('base64');
}
