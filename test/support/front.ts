import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ClientRequest } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificates, type Certificates } from './certificates.js';
import { startFaultyServer, type Behaviour, type FaultyServer } from './faulty-server.js';
import type { TestSandbox } from './sandbox.js';

/** A sandbox behind two servers that forward requests, or misbehave if a test says so. */
export interface Front {
  readonly api: FaultyServer;
  readonly uaa: FaultyServer;
  readonly certificates: Certificates;
  /** Path of the CA of both. */
  readonly caCert: string;
  /** For `tpks login`. */
  readonly target: readonly string[];
  /** Environment of a command that the client `admin` runs without a session. */
  readonly adminEnv: Readonly<Record<string, string>>;
  /** Forwards all requests again, and forgets earlier ones. */
  readonly mend: () => void;
  /** Passes requests on to the sandbox's API, or UAA. */
  readonly toApi: Behaviour;
  readonly toUaa: Behaviour;
  /** Resolves when all forwarded requests are complete, including those of clients that are gone. */
  readonly settled: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function startFront(
  sandbox: Pick<TestSandbox, 'api' | 'uaa' | 'caPem'>,
): Promise<Front> {
  const folder = mkdtempSync(join(tmpdir(), 'tpks-front-'));
  const certificates = await makeCertificates();
  const caCert = join(folder, 'ca.pem');
  writeFileSync(caCert, certificates.ca.cert);
  const underWay = new Set<ClientRequest>();
  const toApi = passesOnTo(sandbox.api, sandbox.caPem, underWay);
  const toUaa = passesOnTo(sandbox.uaa, sandbox.caPem, underWay);
  const [api, uaa] = await Promise.all([
    startFaultyServer(certificates.good, toApi),
    startFaultyServer(certificates.good, toUaa),
  ]);
  return {
    api,
    uaa,
    certificates,
    caCert,
    target: ['-a', api.origin, '--uaa-url', uaa.origin, '--ca-cert', caCert],
    adminEnv: {
      TPKS_API: api.origin,
      TPKS_UAA_URL: uaa.origin,
      TPKS_CA_CERT: caCert,
      TPKS_CLIENT_NAME: 'admin',
      TPKS_CLIENT_SECRET: 'adminsecret',
    },
    toApi,
    toUaa,
    settled: async () => {
      await Promise.all([...underWay].map((onward) => once(onward, 'close')));
    },
    mend: () => {
      api.behave(toApi);
      uaa.behave(toUaa);
      api.forget();
      uaa.forget();
    },
    close: async () => {
      await Promise.all([api.close(), uaa.close()]);
      rmSync(folder, { recursive: true });
    },
  };
}

function passesOnTo(origin: string, ca: string, underWay: Set<ClientRequest>): Behaviour {
  return ({ method, path, headers, body }, response) => {
    const kept = Object.fromEntries(
      Object.entries(headers).filter(([name]) => name !== 'host' && name !== 'connection'),
    );
    const onward = request(`${origin}${path}`, { method, headers: kept, ca }, (answer) => {
      if (response.destroyed) {
        // The client is gone. An unread response would block the connection.
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
