import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createHttpClient } from './http-client.js';
import { listen } from './listen.js';
import { readRegularFile } from './read-file.js';
import type { TokenCheck } from './pks/caller.js';
import type { Frame } from './sandbox.js';
import type { Certificates } from './tls.js';
import type { UaaBehaviour } from './uaa/behaviour.js';
import { createUaa, type Uaa } from './uaa/uaa.js';

export interface UaaSettings {
  /** 0 = any free one; 8443 if absent. */
  readonly uaaPort?: number | undefined;
  /** Lifetimes of all tokens, in place of the 600 s and 21,600 s of a PKS installation. */
  readonly tokenSeconds?: number | undefined;
  readonly refreshSeconds?: number | undefined;
  /** Each refresh brings a new refresh token, and the old one is dead. */
  readonly rotateRefresh?: boolean | undefined;
  /** The release of UAA that the built-in one plays; 4.30 if absent. */
  readonly uaaBehaviour?: UaaBehaviour | undefined;
  /** Base URL of an external UAA to use instead of the built-in one. */
  readonly uaa?: string | undefined;
  /** That UAA's authority: PEM, or the path of a PEM file. */
  readonly uaaCa?: string | undefined;
  /** Secret of `pks_client` at that UAA; `pks_client-secret` if absent. */
  readonly pksClientSecret?: string | undefined;
}

/** The UAA that the API uses, and what users need to log in. */
export interface FrontedUaa {
  readonly tokens: TokenCheck;
  readonly users: Uaa['accounts']['users'];
  readonly clients: Uaa['accounts']['clients'];
  /** Path of the file that `caPem` is in. */
  readonly caCert: string;
  /** The authorities of the API and of this UAA. */
  readonly caPem: string;
}

const clientId = 'pks_client';
const foreignClientSecret = 'pks_client-secret';

/** Starts the sandbox's own. @throws {Error} when its port is taken */
export async function builtInUaa(
  { now, log, certificates, storageFor, open }: Frame,
  { uaaPort = 8443, tokenSeconds, refreshSeconds, rotateRefresh, uaaBehaviour }: UaaSettings,
): Promise<FrontedUaa> {
  let uaa: Uaa | undefined;
  const server = await listen({
    port: uaaPort,
    portFlag: '--uaa-port',
    certificate: certificates,
    now,
    serve: async (origin) => {
      // The issuer has the port in it.
      uaa = await createUaa({
        issuer: origin,
        now,
        storage: storageFor('uaa'),
        ...(tokenSeconds !== undefined && { tokenSeconds }),
        ...(refreshSeconds !== undefined && { refreshSeconds }),
        ...(rotateRefresh !== undefined && { rotateRefresh }),
        ...(uaaBehaviour !== undefined && { behaviour: uaaBehaviour }),
      });
      return uaa.handle;
    },
    onAnswer: log.of('uaa'),
  });
  const { ca: caPem, caPath: caCert } = certificates;
  const http = createHttpClient(server.origin, caPem);
  open.push(server, http);
  if (!uaa) throw new Error('The UAA has not started');
  const { accounts, pksClientSecret: clientSecret } = uaa;
  const tokens = { uaa: http, clientId, clientSecret };
  return { tokens, ...accounts, caCert, caPem };
}

/**
 * Somebody else's, which runs already and has a client `pks_client` with the authority
 * `uaa.resource`. Who can log in there is not ours to tell.
 *
 * @throws {Error} when the address is no URL, or the file of its authority cannot be read.
 */
export function foreignUaa(
  { certificates, open }: Frame,
  url: string,
  { uaaCa, pksClientSecret: clientSecret = foreignClientSecret }: UaaSettings,
): FrontedUaa {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new Error(`--uaa takes a URL such as https://uaa.example.com:8443, not ${url}`);
  }
  const authority = uaaCa === undefined ? undefined : toPem(uaaCa);
  const http = createHttpClient(url.replace(/\/+$/, ''), authority);
  open.push(http);
  return {
    tokens: { uaa: http, clientId, clientSecret },
    users: [],
    clients: [],
    ...bundle(certificates, authority),
  };
}

function toPem(textOrPath: string): string {
  if (textOrPath.includes('-----BEGIN')) return textOrPath;
  try {
    return readRegularFile(textOrPath).toString();
  } catch (error) {
    throw new Error(`The file of --uaa-ca cannot be read: ${textOrPath}`, { cause: error });
  }
}

/** One file to trust both servers with, since a login takes one. */
function bundle(
  { ca, caPath }: Certificates,
  authority: string | undefined,
): Pick<FrontedUaa, 'caCert' | 'caPem'> {
  if (authority === undefined) return { caCert: caPath, caPem: ca };
  const caPem = `${ca.trimEnd()}\n${authority.trimEnd()}\n`;
  const caCert = join(dirname(caPath), 'ca-bundle.pem');
  writeFileSync(caCert, caPem, { mode: 0o600 });
  return { caCert, caPem };
}
