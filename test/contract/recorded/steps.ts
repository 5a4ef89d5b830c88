import type { Exchange } from './exchange.js';

/** Gets a token of the client `admin` and saves it as `admin`. */
export const adminToken: Exchange = {
  title: 'the client admin gets a token',
  request: 'POST /oauth/token',
  form: { grant_type: 'client_credentials', client_id: 'admin', client_secret: 'adminsecret' },
  save: { admin: 'access_token' },
};

/** Gets a token of the client `admin` with fewer scopes. @param scope - separated by spaces. */
export function limitedToken(name: string, scope: string): Exchange {
  return {
    title: `the client admin gets a token with the scope ${scope}`,
    request: 'POST /oauth/token',
    form: {
      grant_type: 'client_credentials',
      client_id: 'admin',
      client_secret: 'adminsecret',
      scope,
    },
    save: { [name]: 'access_token' },
  };
}

/**
 * Creates the user `NAME<run>` with the password `NAME-password`, and saves its ID as `NAME-id`.
 * Recordings use only such users: the responses for others depend on earlier tests.
 */
export function createUser(name: string, groups: readonly string[] = []): readonly Exchange[] {
  return [
    {
      title: `the user ${name} is created`,
      request: 'POST /Users',
      as: 'admin',
      json: {
        userName: `${name}<run>`,
        name: { givenName: 'Given', familyName: 'Family' },
        emails: [{ value: `${name}<run>@example.com` }],
        password: `${name}-password`,
      },
      save: { [`${name}-id`]: 'id' },
    },
    ...groups.flatMap((group) => addToGroup(name, group)),
  ];
}

function addToGroup(name: string, group: string): readonly Exchange[] {
  return [
    {
      title: `the id of the group ${group} is found for ${name}`,
      request: `GET /Groups?attributes=id&filter=displayName+eq+%22${group}%22`,
      as: 'admin',
      save: { [`group-id-${group}`]: 'resources.0.id' },
    },
    {
      title: `${name} becomes a member of ${group}`,
      request: `POST /Groups/<group-id-${group}>/members`,
      as: 'admin',
      json: { origin: 'uaa', type: 'USER', value: `<${name}-id>` },
    },
  ];
}

/** Gets the tokens of a user of {@link createUser}; saves them as `NAME` and `NAME-refresh`. */
export function userToken(name: string, clientId = 'pks_cli', clientSecret = ''): Exchange {
  return {
    title: `${name} gets a token of ${clientId}`,
    request: 'POST /oauth/token',
    form: {
      grant_type: 'password',
      client_id: clientId,
      client_secret: clientSecret,
      username: `${name}<run>`,
      password: `${name}-password`,
    },
    save: { [name]: 'access_token', [`${name}-refresh`]: 'refresh_token' },
  };
}

/**
 * Logs a user of {@link createUser} in on the login page, as a browser does.
 *
 * @param session - the browser session.
 */
export function browserLogin(session: string, name: string): readonly Exchange[] {
  return [
    {
      title: `${name} opens the login page in the session ${session}`,
      request: 'GET /login',
      headers: { accept: 'text/html' },
      session,
      save: { [`csrf-${session}`]: /name="X-Uaa-Csrf" value="([^"]+)"/ },
    },
    {
      title: `${name} logs in in the session ${session}`,
      request: 'POST /login.do',
      headers: { accept: 'text/html' },
      session,
      form: {
        username: `${name}<run>`,
        password: `${name}-password`,
        'X-Uaa-Csrf': `<csrf-${session}>`,
      },
    },
  ];
}
