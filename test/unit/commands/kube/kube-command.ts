import type { Bind } from '../../../../src/api/pks/binds.js';
import { TpksError } from '../../../../src/base/errors.js';
import { findLink } from '../../../../src/base/link.js';
import type { getCredentials } from '../../../../src/commands/kube/get-credentials.js';
import type { getKubeconfig } from '../../../../src/commands/kube/get-kubeconfig.js';
import type { Grant } from '../../../../src/domain/auth/request-token.js';
import { createSecretSource } from '../../../../src/domain/auth/secrets.js';
import { createClusterAccess } from '../../../../src/domain/kube/cluster-access.js';
import type { ClusterEntries } from '../../../../src/domain/kube/kubeconfig/entries.js';
import type { Kubeconfig } from '../../../../src/domain/kube/kubeconfig/kubeconfig.js';
import type { Environment } from '../../../../src/platform/config/environment.js';
import { fixedClock } from '../../../support/fakes/fixed-clock.js';
import { recordedTerminal } from '../../../support/fakes/recorded-terminal.js';
import { aCluster, aUserContext } from '../../../support/fixtures/contexts-and-clusters.js';
import {
  aBind,
  aClusterToken,
  fakeSessions,
  installation,
} from '../../domain/kube/access-sample.js';

export interface KubeCommandOptions {
  /** By the name of the cluster; other clusters do not exist. */
  readonly binds?: Readonly<Record<string, Bind | TpksError>>;
  readonly env?: Environment;
  readonly stdin?: string;
  readonly answers?: Readonly<Record<string, string>>;
  readonly context?: ReturnType<typeof aUserContext>;
  readonly sessions?: ReturnType<typeof fakeSessions>;
  readonly usesOriginalNames?: boolean;
  readonly wantsJson?: boolean;
  /** The error of the token request. */
  readonly loginError?: TpksError;
  /** The error of reading the kubeconfig. */
  readonly kubeconfigError?: TpksError;
  readonly replaced?: Awaited<ReturnType<Kubeconfig['merge']>>['replaced'];
  readonly readableFiles?: readonly string[];
  /** The names of the contexts in the kubeconfig. */
  readonly contextNames?: readonly string[];
}

export const defaultFlags = { switch: true, browser: true, browserTimeout: 300 };

/** Creates the dependencies of `get-credentials` and `get-kubeconfig`, and records what they do. */
export function kubeCommand({
  binds = { 'dev-1': aBind(), 'dev-2': aBind({ cluster: 'dev-2' }) },
  env = {},
  stdin = '',
  answers = {},
  context = aUserContext({ caCert: installation.caCert }),
  sessions = fakeSessions(),
  usesOriginalNames = false,
  wantsJson = false,
  ...results
}: KubeCommandOptions = {}) {
  const terminal = { ...recordedTerminal(answers, stdin), wantsJson: () => wantsJson };
  const merged: { entries: readonly ClusterEntries[]; currentContext: string | undefined }[] = [];
  const requests: { recipient: string; grant: Grant }[] = [];
  const bindRequests: string[] = [];
  const unused = () => Promise.reject(new Error('not expected'));
  const bind = async (name: string) => {
    const found =
      binds[name] ?? new TpksError('notFound', `Cluster ${name} not found`, { hint: '' });
    if (found instanceof Error) throw found;
    return found;
  };
  const api = {
    create: async (name: string) => {
      bindRequests.push(`create ${name}`);
      return bind(name);
    },
    find: async (name: string, user: string) => {
      bindRequests.push(`find ${name} ${user}`);
      return bind(name);
    },
  };
  const kubeconfig: Kubeconfig = {
    locate: async () => '/k',
    check: async () => {
      if (results.kubeconfigError !== undefined) throw results.kubeconfigError;
    },
    merge: async (entries, { currentContext }) => {
      merged.push({ entries, currentContext });
      const { replaced = [], readableFiles = [] } = results;
      const { contextNames = entries.map(({ contextName }) => contextName) } = results;
      const newCurrent = currentContext && contextNames[0];
      return {
        ...{ path: '/k', contextNames, replaced, readableFiles },
        currentContext: newCurrent,
      };
    },
    findUser: async () => undefined,
    format: async (entries, { currentContext }) =>
      `${JSON.stringify({ entries: entries.map((each) => each.contextName), currentContext })}\n`,
    listOwn: unused,
    remove: unused,
    renameSession: unused,
  };
  const deps = {
    terminal,
    env,
    link: findLink('tpks'),
    clock: fixedClock(),
    options: () => ({ json: false, interactive: true, color: false, trace: false }),
    context: async () => context,
    installation: async () => installation,
    binds: api,
    bindsWithToken: () => api,
    clusters: () => ({
      list: async () => Object.keys(binds).map((name) => aCluster({ name })),
    }),
    kubeconfig: () => kubeconfig,
    clusterAccess: createClusterAccess({
      sessions: sessions.sessions,
      pluginCommand: () => 'tpks',
      home: undefined,
      defaultFormat: usesOriginalNames ? 'oidc' : 'exec',
      usesOriginalNames,
      warn: terminal.warn,
    }),
    secrets: createSecretSource({ terminal, env }),
    requestUserToken: async (recipient: string, _target: unknown, grant: Grant) => {
      requests.push({ recipient, grant });
      if (results.loginError !== undefined) throw results.loginError;
      return aClusterToken();
    },
    selectKubernetesStore: async () => 'file' as const,
    publicUaaRequest: async () => ({ prompts: {} }),
    session: () => ({ accessToken: unused, readStored: unused }),
    logins: unused,
  } as unknown as Parameters<typeof getCredentials>[2] & Parameters<typeof getKubeconfig>[2];
  return { deps, terminal, merged, requests, bindRequests, sessions };
}
