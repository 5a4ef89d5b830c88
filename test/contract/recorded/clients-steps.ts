import type { Exchange } from './exchange.js';

/** Registers a client as the client `admin`. Without its ID, the default fields are valid. */
export function registration(title: string, fields: Readonly<Record<string, unknown>>): Exchange {
  return {
    title,
    request: 'POST /oauth/clients',
    as: 'admin',
    json: {
      client_secret: 'secret',
      authorized_grant_types: ['client_credentials'],
      ...fields,
    },
  };
}

/** Creates the client `NAME<run>` with the secret `secret`. */
export function createClient(
  name: string,
  fields: Readonly<Record<string, unknown>> = {},
): Exchange {
  return registration(`the client ${name} is created`, { client_id: `${name}<run>`, ...fields });
}

/** Gets a token of a client of {@link createClient}; saves it as `NAME`. */
export function clientToken(name: string): Exchange {
  return {
    title: `the client ${name} gets a token`,
    request: 'POST /oauth/token',
    form: {
      grant_type: 'client_credentials',
      client_id: `${name}<run>`,
      client_secret: 'secret',
    },
    save: { [name]: 'access_token' },
  };
}
