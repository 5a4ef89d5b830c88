import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createHttpClient } from './http-client.js';
import { listen } from './listen.js';
import { readRegularFile } from './read-file.js';
import type { TokenCheck } from './pks/guard.js';
import type { SharedServices } from './sandbox.js';
import type { Certificates } from './tls.js';
import type { UaaBehaviour } from './uaa/behaviour.js';
import { createUaa, type Uaa, type UaaOptions } from './uaa/uaa.js';

export interface UaaSettings extends Pick<
  UaaOptions,
  'tokenSeconds' | 'refreshSeconds' | 'rotateRefresh'
> {
  /** 0 = any free port; 8443 if absent. */
  readonly uaaPort?: number | undefined;
  /** The release that the built-in UAA simulates; 4.30 if absent. */
  readonly uaaBehaviour?: UaaBehaviour | undefined;
  /** Base URL of an external UAA to use instead of the built-in one. */
  readonly uaa?: string | undefined;
  /** That UAA's authority: PEM, or the path of a PEM file. */
  readonly uaaCa?: string | undefined;
  /** Secret of `pks_client` at that UAA; `pks_client-secret` if absent. */
  readonly pksClientSecret?: string | undefined;
}

/** The UAA that the API uses, and what users need for a login. */
export interface UaaConnection {
  readonly tokens: TokenCheck;
  readonly users: Uaa['accounts']['users'];
  readonly clients: Uaa['accounts']['clients'];
  /** Path of the file that contains `caPem`. */
  readonly caCert: string;
  /** The authorities of the API and of this UAA. */
  readonly caPem: string;
}

const apiClientId = 'pks_client';
const defaultApiClientSecret = 'pks_client-secret';

/** Starts the sandbox's own UAA. @throws {Error} if its port cannot be used */
export async function startBuiltInUaa(
  { now, log, certificates, storageFor, closeables: open }: SharedServices,
  { uaaPort = 8443, uaaBehaviour, tokenSeconds, refreshSeconds, rotateRefresh }: UaaSettings,
): Promise<UaaConnection> {
  let uaa: Uaa | undefined;
  const server = await listen({
    port: uaaPort,
    portFlag: '--uaa-port',
    certificate: certificates,
    now,
    createHandler: async (origin) => {
      // The issuer contains the port.
      uaa = await createUaa({
        issuer: origin,
        now,
        storage: storageFor('uaa'),
        behaviour: uaaBehaviour,
        tokenSeconds,
        refreshSeconds,
        rotateRefresh,
      });
      return uaa.handle;
    },
    onResponse: log.recorderFor('uaa'),
  });
  const { ca: caPem, caPath: caCert } = certificates;
  const http = createHttpClient(server.origin, caPem);
  open.push(server, http);
  if (!uaa) throw new Error('The UAA has not started');
  const { accounts, pksClientSecret: clientSecret } = uaa;
  const tokens = { uaa: http, clientId: apiClientId, clientSecret };
  return { tokens, ...accounts, caCert, caPem };
}

/**
 * Uses an external UAA, which must have a client `pks_client` with the authority `uaa.resource`. Its
 * accounts are not known.
 *
 * @throws {Error} if the address is not a URL, or the file of its authority cannot be read.
 */
export function connectExternalUaa(
  { certificates, closeables: open }: SharedServices,
  url: string,
  { uaaCa, pksClientSecret: clientSecret = defaultApiClientSecret }: UaaSettings,
): UaaConnection {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new Error(`--uaa must be a URL such as https://uaa.example.com:8443, not ${url}`);
  }
  const authority = uaaCa === undefined ? undefined : readPem(uaaCa);
  const http = createHttpClient(url.replace(/\/+$/, ''), authority);
  open.push(http);
  return {
    tokens: { uaa: http, clientId: apiClientId, clientSecret },
    users: [],
    clients: [],
    ...createCaBundle(certificates, authority),
  };
}

function readPem(textOrPath: string): string {
  if (textOrPath.includes('-----BEGIN')) return textOrPath;
  try {
    return readRegularFile(textOrPath).toString();
  } catch (error) {
    throw new Error(`The file of --uaa-ca cannot be read: ${textOrPath}`, { cause: error });
  }
}

/** A file with both authorities, because a login accepts only one file. */
function createCaBundle(
  { ca, caPath }: Certificates,
  authority: string | undefined,
): Pick<UaaConnection, 'caCert' | 'caPem'> {
  if (authority === undefined) return { caCert: caPath, caPem: ca };
  const caPem = `${ca.trimEnd()}\n${authority.trimEnd()}\n`;
  const caCert = join(dirname(caPath), 'ca-bundle.pem');
  writeFileSync(caCert, caPem, { mode: 0o600 });
  return { caCert, caPem };
}
