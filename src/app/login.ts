import { probeApi } from '../api/pks/pks-api.js';
import { readInfo, readUserinfo } from '../api/uaa/info.js';
import { isTpksError } from '../base/errors.js';
import { lazy } from '../base/lazy.js';
import type { Link } from '../base/link.js';
import { createLoginStore } from '../domain/auth/login-store.js';
import { createLogins, type LoginsDeps } from '../domain/auth/login.js';
import { createLogouts } from '../domain/auth/logouts.js';
import { openBrowser } from '../domain/auth/open-browser.js';
import { renameContext } from '../domain/auth/rename-context.js';
import { createSecretSource } from '../domain/auth/secrets.js';
import { testSessionFolder } from '../domain/auth/session-files.js';
import type { Importer } from '../domain/import/importer.js';
import type { KubernetesSessions } from '../domain/kube/sessions.js';
import { isOn } from '../platform/config/environment.js';
import { userFileOptions } from '../platform/disk/bounded-read.js';
import { findUnknownCa, readTrustedChain } from '../platform/http/certificate-chain.js';
import type { Trust } from '../platform/http/send.js';
import { readSystemRoots } from '../platform/http/certificate-authorities.js';
import type { RequestServices } from './request-services.js';
import type { Runtime } from './runtime.js';

export type LoginServices = ReturnType<typeof createLoginServices>;

interface LoginServicesDeps
  extends
    Pick<Runtime, 'env' | 'platform' | 'clock' | 'terminal' | 'options' | 'network' | 'link'>,
    Pick<RequestServices, 'stores' | 'folders' | 'connect' | 'grants'> {
  readonly kubernetesSessions: KubernetesSessions;
}

export function createLoginServices(deps: LoginServicesDeps) {
  const { env, platform, clock, terminal, folders, connect, grants, kubernetesSessions } = deps;
  const { settings, keychains, sessions, withLockFile, pksCredsCopies } = deps.stores;
  const { warn, wantsJson, note } = terminal;
  const store = createLoginStore({
    settings,
    sessions,
    testStore: async (kind) => {
      await keychains[kind].probe();
      await testSessionFolder(folders.sessions);
    },
    env,
    keysFolder: folders.keys,
    osStoreName: osStoreNames[platform] ?? 'OS keychain',
  });
  const { probe, isUaa, requestUserName } = createChecks(connect, deps.link);

  const requestToken: LoginsDeps['requestToken'] = async (client, grant, scope) => {
    // `status` and `logout` request no token, and the OAuth library takes 15 ms to load.
    const requests = await import('../domain/auth/request-token.js');
    return requests.requestToken(client, grant, scope, {
      grants,
      connect,
      clock,
      note,
      openBrowser: (url) => openBrowser(url, { platform, env }),
    });
  };

  return {
    requestToken,
    logins: createLogins({
      store,
      wantsJson,
      warn,
      probe,
      isUaa,
      requestUserName,
      requestToken,
      writePksCredsCopy: async (login, token, request) => {
        const { writeCreds = false } = request;
        const hasCopy = login.context.pksCreds !== undefined;
        if (!writeCreds && !hasCopy && !isOn(env.TPKS_PKS_CREDS)) return undefined;
        return pksCredsCopies.write(login, token, request);
      },
    }),
    logouts: createLogouts({
      settings,
      folders,
      sessions,
      connect,
      clock,
      pksCredsSessions: lazy(async () => {
        const { PksCredsSessions } = await import('../domain/auth/pks-creds-sessions.js');
        return new PksCredsSessions({ withLockFile, warn });
      }),
      removePksCreds: pksCredsCopies.remove,
      removeKubernetesSession: kubernetesSessions.remove,
    }),
    renameContext: (name: string, newName: string) =>
      renameContext(name, newName, {
        settings,
        sessions,
        renameKubernetesSession: kubernetesSessions.rename,
      }),
    secrets: createSecretSource({ terminal, env }),
    certificates: createCertificates(deps),
    importer: lazy<Importer>(async () => {
      // Only `import` needs it, and the yaml package takes 10 ms to load.
      const { createImporter } = await import('../domain/import/importer.js');
      return createImporter({
        env,
        platform,
        settings,
        store,
        sessions,
        now: clock.now,
        readStdin: () => terminal.readStdin('the file to import', userFileOptions.maximumBytes),
      });
    }),
  };
}

/**
 * Checks certificates by opening connections without sending requests. Uses the same proxy and the same CAs
 * as requests. If the network is replaced, every certificate is valid.
 */
function createCertificates({
  env,
  options,
  network,
}: Pick<Runtime, 'env' | 'options' | 'network'>) {
  const toOptions = async (url: string, trust: Trust) => {
    const { findProxyFor } = await import('../platform/http/proxy.js');
    return {
      ...trust,
      systemRoots: () => readSystemRoots(env),
      milliseconds: (options().timeoutSeconds ?? handshakeSeconds) * 1000,
      caVariable: env.TPKS_CA_CERT,
      proxy: findProxyFor(url, env),
    };
  };
  return {
    /** @throws {TpksError} `untrusted`, `unavailable` */
    verify: async (url: string, trust: Trust) => {
      if (network === undefined) await readTrustedChain(url, await toOptions(url, trust));
    },
    /** @see findUnknownCa */
    findUnknownCa: async (error: unknown, url: string, trust: Trust) =>
      network === undefined ? findUnknownCa(error, url, await toOptions(url, trust)) : undefined,
  };
}

const handshakeSeconds = 10;

const osStoreNames: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'OS keychain (Secret Service)',
  darwin: 'macOS Keychain',
  win32: 'Windows Credential Manager',
};

/** Requests that a login sends with the new token before it stores the session. */
function createChecks(
  connect: RequestServices['connect'],
  { imitatesPks }: Link,
): Pick<LoginsDeps, 'probe' | 'isUaa' | 'requestUserName'> {
  return {
    probe: async (target, { accessToken, ...owner }) => {
      const { api } = target;
      if (api !== undefined) {
        await probeApi(connect(target, { auth: accessToken }), { api, ...owner });
      }
    },
    isUaa: async (target) => {
      // Links keep the message of the original CLI.
      if (imitatesPks) return true;
      try {
        await readInfo(connect(target, { explain: () => undefined }), target.uaa);
        return true;
      } catch (error) {
        if (!isTpksError(error)) throw error;
        return false;
      }
    },
    requestUserName: async (target, accessToken) => {
      const send = connect(target, { auth: accessToken, explain: () => undefined });
      return (await readUserinfo(send, target.uaa)).user_name;
    },
  };
}
