import { readFileSync, writeFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsSocketServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { toStoreName } from '../../src/domain/contexts/context-names.js';
import { toFileName } from '../../src/platform/disk/private-files.js';
import { startKubernetesSession } from '../support/fixtures/kubernetes-session.js';
import { createUser } from '../support/program/cli.js';
import { runHeadless, type TpksResult } from '../support/program/headless.js';
import { isNightly } from '../support/runner/nightly.js';
import type { Certificates } from '../support/servers/certificates.js';
import {
  forwardBytes,
  forwardTo,
  startFaultGateway,
  type FaultGateway,
  type WireFault,
} from '../support/servers/fault-gateway.js';
import {
  startFaultyServer,
  type Behaviour,
  type FaultyServer,
} from '../support/servers/faulty-server.js';
import { freePort } from '../support/servers/free-port.js';
import { startFaultySandbox, type FaultyInstallation } from '../support/servers/front.js';
import { crash } from './crash.js';
import { fault, httpFaults, proxyFaults, wireFaults, type Fault } from './network-faults.js';
import { createRandom } from './seed.js';

jest.setTimeout(120_000);

const context = 'cody@127.0.0.1';
/** Its token has expired. */
const kubernetesSession = 'alana@127.0.0.1';
const cody = createUser();
const random = createRandom('network');
const garbage = Uint8Array.from({ length: 200 }, () => random() * 256);
const badCertificates = [
  'unknownCa',
  'wrongName',
  'commonName',
  'expired',
  'notYetValid',
  'selfSigned',
] as const satisfies readonly (keyof Certificates)[];
const elsewhere = 'https://elsewhere.example.com/';

let front: FaultyInstallation;
/** The addresses of the API and the UAA. */
let api: FaultGateway;
let uaa: FaultGateway;
let proxy: FaultGateway;
let config: string;
/** The session with a fresh access token, and with an expired one. */
let fresh: Buffer;
let expired: Buffer;
const servers: { readonly close: () => unknown }[] = [];

beforeAll(async () => {
  [, front] = await startFaultySandbox();
  [api, uaa, proxy] = await Promise.all([
    startFaultGateway(),
    startFaultGateway(),
    startFaultGateway(),
  ]);
  api.handle(forwardTo(front.api.port));
  uaa.handle(forwardTo(front.uaa.port));
  expect(await cody.tpks(login(), { stdin: 'cody-password' })).toMatchObject({ code: 0 });
  const expiresAt = '2020-01-01T00:00:00.000Z';
  fresh = readFileSync(sessionPath());
  await cody.changeSession(context, { expiresAt });
  expired = readFileSync(sessionPath());
  const [apiUrl, uaaUrl] = [api, uaa].map(({ port }) => `https://127.0.0.1:${String(port)}`);
  const target = { api: apiUrl ?? '', uaa: uaaUrl ?? '', caPem: front.certificates.ca.cert };
  await startKubernetesSession(cody, target, kubernetesSession);
  await cody.changeSession(toStoreName(kubernetesSession), { expiresAt });
  config = readFileSync(configPath(), 'utf8');
});
afterAll(async () => {
  for (const server of servers) server.close();
  await Promise.all([api.close(), uaa.close(), proxy.close(), front.close()]);
});

const sessionPath = (): string => join(cody.home, 'sessions', `${toFileName(context)}.session`);
const configPath = (): string => join(cody.home, 'config.json');

function login(host = '127.0.0.1', ports = [api.port, uaa.port]): string[] {
  const [apiUrl, uaaUrl] = ports.map((port) => `https://${host}:${String(port)}`);
  const target = ['-a', apiUrl ?? '', '--uaa-url', uaaUrl ?? '', '--ca-cert', front.caCert];
  return ['login', ...target, '-u', 'cody', '--password-stdin', '--store', 'file'];
}

/** Each command sends its first request to a server with the fault. */
const commands = [
  ...['login', 'clusters', 'delete-cluster', 'uaa users', 'token'],
  ...['get-credentials', 'kube-credential'],
] as const;
type CommandName = (typeof commands)[number];

let turn = 0;
/**
 * Returns all commands in a nightly run, otherwise the next two, so that each fault is tested with two commands and
 * each command with many faults.
 */
function nextCommands(): readonly CommandName[] {
  if (isNightly) return commands;
  turn += 2;
  return [commands[turn % commands.length]!, commands[(turn + 1) % commands.length]!];
}

/** Addresses of the servers. Tests of proxies use another host, because loopback bypasses a proxy. */
interface Place {
  readonly host?: string;
  readonly ports?: number[];
  readonly env?: Readonly<Record<string, string>>;
}

type Run = (
  words: readonly string[],
  options: { readonly stdin: string; readonly env: Readonly<Record<string, string>> },
) => Promise<TpksResult>;

const headless: Run = (words, { stdin, env }) =>
  runHeadless(words, { stdin, env: { ...cody.env, ...env } });

/** Runs a command against a fault and checks what every command must do. */
async function fails(
  name: CommandName,
  fault: Fault<unknown>,
  { host, ports, env = {} }: Place = {},
  run = headless,
): Promise<void> {
  const words: Record<CommandName, string[]> = {
    login: login(host, ports),
    clusters: ['clusters'],
    'delete-cluster': ['delete-cluster', 'dev-1', '--non-interactive'],
    'uaa users': ['uaa', 'users'],
    token: ['token'],
    'get-credentials': ['get-credentials', 'dev-1', '--print'],
    'kube-credential': ['kube-credential', '--context', kubernetesSession],
  };
  const settings = JSON.parse(config) as Record<
    'contexts' | 'kubernetesSessions' | 'selections',
    Record<string, object>
  >;
  const select = (address: string) => {
    const identities = { [address]: { pks: context, uaa: context } };
    settings.selections['tpks'] = { uaa: address, identities };
  };
  select(`https://127.0.0.1:${String(uaa.port)}`);
  if (host !== undefined || ports !== undefined) {
    const [apiPort = api.port, uaaPort = uaa.port] = ports ?? [];
    const origin = (port: number) => `https://${host ?? '127.0.0.1'}:${String(port)}`;
    const addresses = { api: origin(apiPort), uaa: origin(uaaPort) };
    const { contexts, kubernetesSessions } = settings;
    contexts[context] = { ...contexts[context], ...addresses };
    select(addresses.uaa);
    kubernetesSessions[kubernetesSession] = {
      ...kubernetesSessions[kubernetesSession],
      ...addresses,
    };
  }
  writeFileSync(configPath(), JSON.stringify(settings));
  const session = name === 'token' ? expired : fresh;
  writeFileSync(sessionPath(), session);
  const before = stored();
  // Only slow faults need the timeout. Other faults must not reach it on a busy machine.
  const timeout = ['--timeout', fault.isSlow ? '0.4' : '30'];
  const result = await run([...words[name], ...timeout], { stdin: 'cody-password', env });
  const { code, stdout, stderr } = result;
  const errors = stderr.match(/^Error: .*/gm) ?? [];
  expect({ name, code, stdout, errors: errors.length, stderr }).toEqual({
    name,
    code: fault.exitCode,
    stdout: '',
    errors: 1,
    stderr: expect.not.stringContaining('[object'),
  });
  expect(stderr).not.toMatch(crash);
  expect(stored()).toEqual(before);
}

function stored(): Readonly<Record<string, string>> {
  const files = cody.files().filter((file) => !file.startsWith('cache/'));
  return Object.fromEntries(files.map((file) => [file, cody.read(file).toString('base64')]));
}

/** Both servers of the installation have the fault. */
function handle(fault: WireFault): void {
  api.handle(fault);
  uaa.handle(fault);
}

function behave(behaviour: Behaviour, server: FaultyServer): void {
  server.setBehaviour(behaviour);
  handle(forwardTo(server.port));
}

test('there are at least 60 faults with different names', () => {
  const names = [
    ...wireFaults(garbage),
    ...httpFaults(elsewhere),
    ...proxyFaults(garbage),
    ...badCertificates.map((name) => ({ name })),
  ].map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThanOrEqual(60);
});

describe('without a response over TLS', () => {
  test.each(wireFaults(garbage))('$name', async (fault) => {
    handle(fault.action);
    for (const name of nextCommands()) await fails(name, fault);
  });

  test.each([1, 5, 60, 130, 400])(
    'fails if the handshake is cut off after %i bytes',
    async (bytes) => {
      handle(forwardBytes(front.api.port, bytes));
      for (const name of nextCommands()) await fails(name, fault('cut', undefined));
    },
  );

  test('fails if the handshake stops', async () => {
    handle(forwardBytes(front.api.port, 130, { stall: true }));
    for (const name of nextCommands())
      await fails(name, fault('stops', undefined, { isSlow: true }));
  });

  test('fails if the port is closed', async () => {
    const ports = [await freePort(), await freePort()];
    for (const name of nextCommands()) await fails(name, fault('refused', undefined), { ports });
  });

  test.each([
    ['only TLS 1.1', { maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' }],
    ['a client certificate', { requestCert: true, rejectUnauthorized: true }],
  ] as const)('the server wants %s', async (_name, options) => {
    const server = createTlsServer({ ...front.certificates.good, ...options });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    handle(forwardTo((server.address() as AddressInfo).port));
    for (const name of nextCommands()) await fails(name, fault('TLS', undefined));
  });
});

describe('with a certificate that is not trusted', () => {
  test.each(badCertificates)('%s', async (certificate) => {
    const server = await startFaultyServer(front.certificates[certificate]);
    servers.push(server);
    handle(forwardTo(server.port));
    const untrusted = fault(certificate, undefined, { exitCode: 6 });
    // The common name of all certificates.
    const place = { host: 'localhost', ports: [api.port, uaa.port] };
    for (const name of nextCommands()) await fails(name, untrusted, place);
    expect(server.requests).toEqual([]);
  });
});

describe('with a malformed or unexpected response', () => {
  test.each(httpFaults(elsewhere))('$name', async (fault) => {
    behave(fault.action, front.api);
    for (const name of nextCommands()) {
      if (name === 'delete-cluster' && fault.isFineForDelete) continue;
      await fails(name, fault);
    }
  });
});

describe('with a proxy', () => {
  const place = (): Place => ({
    host: 'pks.test',
    env: { HTTPS_PROXY: `http://127.0.0.1:${String(proxy.port)}` },
  });

  test.each(proxyFaults(garbage))('$name', async (fault) => {
    proxy.handle(fault.action);
    for (const name of nextCommands()) await fails(name, fault, place());
  });

  test.each(isNightly ? badCertificates : badCertificates.slice(0, 2))(
    'fails if the proxy has the certificate %s, even with NODE_TLS_REJECT_UNAUTHORIZED=0',
    async (certificate) => {
      const received: Buffer[] = [];
      const server = createTlsSocketServer(front.certificates[certificate], (socket) => {
        socket.on('error', () => undefined).on('data', (bytes: Buffer) => received.push(bytes));
      }).on('tlsClientError', () => undefined);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      servers.push(server);
      const { port } = server.address() as AddressInfo;
      const env = {
        HTTPS_PROXY: `https://me:proxy-password@localhost:${String(port)}`,
        NODE_TLS_REJECT_UNAUTHORIZED: '0',
        SSL_CERT_FILE: front.caCert,
      };
      const name = commands[Math.floor(random() * commands.length)] ?? 'login';
      const untrusted = fault(certificate, undefined, { exitCode: 6 });
      await fails(name, untrusted, { host: 'pks.test', env }, cody.spawn);
      expect(received).toEqual([]);
    },
  );
});

describe('a sample of faults in separate processes', () => {
  const all = httpFaults(elsewhere).filter(({ isFineForDelete }) => !isFineForDelete);
  const sample = Array.from({ length: 3 }, () => all[Math.floor(random() * all.length)] ?? all[0]!);

  test.each([...sample, all.find(({ name }) => name.startsWith('101 with')) ?? all[0]!])(
    '$name',
    async (fault) => {
      behave(fault.action, front.api);
      for (const name of nextCommands()) {
        await fails(name, fault, {}, cody.spawn);
      }
    },
  );
});
