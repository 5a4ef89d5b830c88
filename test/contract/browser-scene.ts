import { afterAll, afterEach, beforeAll, jest } from '@jest/globals';
import { createClients } from '../../src/api/uaa/clients.js';
import { createGroups } from '../../src/api/uaa/groups.js';
import { createMembers } from '../../src/api/uaa/members.js';
import { createUsers } from '../../src/api/uaa/users.js';
import { Secret } from '../../src/base/secret.js';
import {
  startChromium,
  type BrowserWindow,
  type TestChromium,
} from '../support/browser/chromium.js';
import { fileFolder } from '../support/fixtures/file-folder.js';
import { createUser, type TestUser } from '../support/program/cli.js';
import { freePort } from '../support/servers/free-port.js';
import { unique, type ContractServer } from './servers.js';

/** Option for a wait that is long enough on a busy machine. */
export const longTimeout = ['--browser-timeout', '60'];

/** Starts Chromium for the surrounding `describe`. @returns a function that opens a window. */
export function createWindows(): () => Promise<BrowserWindow> {
  // Each test uses three processes, two servers and several pages, and the first pages are slow.
  jest.setTimeout(100_000);
  let chromium: TestChromium | undefined;
  beforeAll(async () => {
    chromium = await startChromium();
  }, 60_000);
  afterEach(() => chromium?.closeWindows());
  afterAll(() => chromium?.close());
  return () => {
    if (chromium === undefined) throw new Error('Chromium is not running');
    return chromium.window();
  };
}

/** A UAA with functions that create its users and clients. */
export interface BrowserScene {
  readonly server: () => ContractServer;
  /** Path of its CA. */
  readonly caCert: () => string;
  /** Creates a tpks user who has this UAA as the target. */
  readonly createTargetedUser: () => Promise<TestUser>;
  /** Creates a UAA user who has not approved any client; the password is `NAME-password`. */
  readonly newUser: (group?: string) => Promise<string>;
  /** Creates a client that needs consent, with a redirect URI for a free port. */
  readonly newClient: (
    grant: 'authorization_code' | 'implicit',
    attributes?: Readonly<Record<string, unknown>>,
  ) => Promise<BrowsedClient>;
}

export interface BrowsedClient {
  readonly id: string;
  readonly secret: string;
  readonly port: number;
}

/** Starts the server for the surrounding `describe`. */
export function browserScene(start: () => Promise<ContractServer>): BrowserScene {
  const folder = fileFolder();
  const caCert = () => folder.write('ca.pem', server.caCert);
  const created = { users: [] as string[], clients: [] as string[] };
  let server: ContractServer;
  let admin: string;
  beforeAll(async () => {
    server = await start();
    admin = await server.adminToken();
  }, 60_000);
  const send = () => server.signed(admin);
  const users = () => createUsers(send(), server.uaa);
  const clients = () => createClients(send(), server.uaa);
  afterAll(async () => {
    for (const id of created.users) await users().remove({ id });
    for (const id of created.clients) await clients().remove(id);
    await server.stop();
  });
  return {
    server: () => server,
    caCert,
    createTargetedUser: async () => {
      const user = createUser();
      const target = ['uaa', 'target', server.uaa, '--ca-cert', caCert()];
      const { code, stderr } = await user.tpks(target);
      if (code !== 0) throw new Error(`Cannot set the target: ${stderr}`);
      return user;
    },
    newUser: async (group) => {
      const userName = unique('browsing');
      const user = await users().add({
        userName,
        password: new Secret(`${userName}-password`),
        emails: ['browsing@example.com'],
        phoneNumbers: [],
      });
      created.users.push(user.id);
      if (group !== undefined) {
        const { id } = await createGroups(send(), server.uaa).identify(group);
        await createMembers(send(), server.uaa).add(id, user);
      }
      return userName;
    },
    newClient: async (grant, attributes = {}) => {
      const [id, secret, port] = [unique('browsed'), unique('secret'), await freePort()];
      const hasSecret = grant !== 'implicit';
      const allAttributes = {
        authorized_grant_types: [grant, ...(hasSecret ? ['refresh_token'] : [])],
        scope: ['openid'],
        redirect_uri: [`http://localhost:${String(port)}`],
        ...attributes,
      };
      await clients().add({
        id,
        secret: hasSecret ? new Secret(secret) : undefined,
        attributes: allAttributes,
      });
      created.clients.push(id);
      return { id, secret, port };
    },
  };
}

/** The session files of a user. */
export function sessionsOf(user: TestUser): readonly string[] {
  return user.files().filter((file) => file.endsWith('.session'));
}
