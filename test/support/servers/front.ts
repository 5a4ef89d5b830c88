import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ClientRequest } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SandboxOptions } from '../../../src/sandbox/sandbox.js';
import { createCertificates, type Certificates } from './certificates.js';
import { startFaultyServer, type Behaviour, type FaultyServer } from './faulty-server.js';
import { createLogin, startTestSandbox, type TestSandbox } from './sandbox.js';

/**
 * Two servers in front of a sandbox; they forward requests unless a test changes their behaviour.
 */
export interface FaultyInstallation {
  readonly api: FaultyServer;
  readonly uaa: FaultyServer;
  readonly certificates: Certificates;
  /** Path of the CA of both servers. */
  readonly caCert: string;
  /** Options of `tpks login` for these servers. */
  readonly loginOptions: readonly string[];
  /** Runs `tpks login` at these servers as one of the users of the sandbox. */
  readonly login: TestSandbox['login'];
  /** Environment variables to run a command as the client `admin` without a stored session. */
  readonly adminEnv: Readonly<Record<string, string>>;
  /** Makes both servers forward all requests again, and clears the recorded requests. */
  readonly reset: () => void;
  /** Forwards requests to the API of the sandbox. */
  readonly forwardToApi: Behaviour;
  /** Forwards requests to the UAA of the sandbox. */
  readonly forwardToUaa: Behaviour;
  /** Waits until all forwarded requests are complete, even if the client has disconnected. */
  readonly waitForRequests: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Starts a sandbox and both servers. Their `close` also closes the sandbox. */
export async function startFaultySandbox(
  options: SandboxOptions = {},
): Promise<[TestSandbox, FaultyInstallation]> {
  const sandbox = await startTestSandbox(options);
  const front = await startFaultyInstallation(sandbox);
  const close = async () => {
    await front.close();
    await sandbox.close();
  };
  return [sandbox, { ...front, close }];
}

/** Starts both servers. */
export async function startFaultyInstallation(
  sandbox: Pick<TestSandbox, 'api' | 'uaa' | 'caPem'>,
): Promise<FaultyInstallation> {
  const folder = mkdtempSync(join(tmpdir(), 'tpks-front-'));
  const certificates = await createCertificates();
  const caCert = join(folder, 'ca.pem');
  writeFileSync(caCert, certificates.ca.cert);
  const underWay = new Set<ClientRequest>();
  const toApi = passesOnTo(sandbox.api, sandbox.caPem, underWay);
  const toUaa = passesOnTo(sandbox.uaa, sandbox.caPem, underWay);
  const [api, uaa] = await Promise.all([
    startFaultyServer(certificates.good, toApi),
    startFaultyServer(certificates.good, toUaa),
  ]);
  const loginOptions = ['-a', api.origin, '--uaa-url', uaa.origin, '--ca-cert', caCert];
  return {
    api,
    uaa,
    certificates,
    caCert,
    loginOptions,
    login: createLogin(loginOptions),
    adminEnv: {
      TPKS_API: api.origin,
      TPKS_UAA_URL: uaa.origin,
      TPKS_CA_CERT: caCert,
      TPKS_CLIENT_NAME: 'admin',
      TPKS_CLIENT_SECRET: 'adminsecret',
    },
    forwardToApi: toApi,
    forwardToUaa: toUaa,
    waitForRequests: async () => {
      await Promise.all([...underWay].map((onward) => once(onward, 'close')));
    },
    reset: () => {
      api.setBehaviour(toApi);
      uaa.setBehaviour(toUaa);
      api.clearRequests();
      uaa.clearRequests();
    },
    close: async () => {
      await Promise.all([api.close(), uaa.close()]);
      rmSync(folder, { recursive: true });
    },
  };
}

function passesOnTo(origin: string, ca: string, underWay: Set<ClientRequest>): Behaviour {
  return ({ method, path, headers, body }, response) => {
    const details = Object.fromEntries(
      Object.entries(headers).filter(([name]) => name !== 'host' && name !== 'connection'),
    );
    const onward = request(`${origin}${path}`, { method, headers: details, ca }, (answer) => {
      if (response.destroyed) {
        // The client has disconnected. An unread response would block the connection.
        answer.resume();
        return;
      }
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    underWay.add(onward);
    onward.on('error', () => response.destroy()).on('close', () => underWay.delete(onward));
    onward.end(body);
  };
}
