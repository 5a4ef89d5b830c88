import { afterAll, afterEach, beforeAll, jest } from '@jest/globals';
import { Secret } from '../../src/secret.js';
import { createClients } from '../../src/uaa/clients.js';
import { createGroups } from '../../src/uaa/groups.js';
import { createMembers } from '../../src/uaa/members.js';
import { createUsers } from '../../src/uaa/users.js';
import { freePort } from '../support/free-port.js';
import { startChromium, type BrowserWindow, type TestChromium } from '../support/chromium.js';
import { createUser, type TestUser } from '../support/cli.js';
import { fileFolder } from '../support/file-folder.js';
import { unique, type ContractServer } from './servers.js';

/** Words of a command that waits as long as a busy machine may take. */
export const patiently = ['--browser-timeout', '60'];

/** The windows of one Chromium, which lives as long as the `describe` that this is called in. */
export function windows(): () => Promise<BrowserWindow> {
  // Three processes, two servers and some pages each, of which the first are slow.
  jest.setTimeout(100_000);
  let chromium: TestChromium | undefined;
  beforeAll(async () => {
    chromium = await startChromium();
  }, 60_000);
  afterEach(() => chromium?.forget());
  afterAll(() => chromium?.close());
  return () => {
    if (chromium === undefined) throw new Error('Chromium does not run');
    return chromium.window();
  };
}

/** A UAA, and who has to do with it. */
export interface BrowserScene {
  readonly server: () => ContractServer;
  /** Path of its CA. */
  readonly caCert: () => string;
  /** Somebody at tpks, with this UAA as the target. */
  readonly atTpks: () => Promise<TestUser>;
  /** Somebody whom no client has asked for anything yet; the password is `NAME-password`. */
  readonly newUser: (group?: string) => Promise<string>;
  /** A client that has to ask, and may come back to a port that is free. */
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

/** Starts the server for the `describe` that this is called in. */
export function browserScene(start: () => Promise<ContractServer>): BrowserScene {
  const folder = fileFolder();
  const caCert = () => folder.write('ca.pem', server.caCert);
  const made = { users: [] as string[], clients: [] as string[] };
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
    for (const id of made.users) await users().remove({ id });
    for (const id of made.clients) await clients().remove(id);
    await server.stop();
  });
  return {
    server: () => server,
    caCert,
    atTpks: async () => {
      const person = createUser();
      const target = ['uaa', 'target', server.uaa, '--ca-cert', caCert()];
      const { code, stderr } = await person.tpks(target);
      if (code !== 0) throw new Error(`No target: ${stderr}`);
      return person;
    },
    newUser: async (group) => {
      const userName = unique('browsing');
      const user = await users().add({
        userName,
        password: new Secret(`${userName}-password`),
        emails: ['browsing@example.com'],
        phoneNumbers: [],
      });
      made.users.push(user.id);
      if (group !== undefined) {
        const { id } = await createGroups(send(), server.uaa).identify(group);
        await createMembers(send(), server.uaa).add(id, user);
      }
      return userName;
    },
    newClient: async (grant, attributes = {}) => {
      const [id, secret, port] = [unique('browsed'), unique('secret'), await freePort()];
      const hasSecret = grant !== 'implicit';
      const all = {
        authorized_grant_types: [grant, ...(hasSecret ? ['refresh_token'] : [])],
        scope: ['openid'],
        redirect_uri: [`http://localhost:${String(port)}`],
        ...attributes,
      };
      await clients().add({
        id,
        secret: hasSecret ? new Secret(secret) : undefined,
        attributes: all,
      });
      made.clients.push(id);
      return { id, secret, port };
    },
  };
}

/** What is kept of logins. */
export function sessionsOf(person: TestUser): readonly string[] {
  return person.files().filter((file) => file.endsWith('.session'));
}
