import type { SettingsFile } from '../../src/config/settings.js';
import type { KubernetesSessionSettings } from '../../src/config/settings.js';
import type {
  CredentialCall,
  CredentialFailure,
  CredentialCalls,
} from '../../src/kube/credential-calls.js';

/** The settings of a Kubernetes session of the user alana. */
export function aKubernetesSession(
  changes: Partial<KubernetesSessionSettings> = {},
): KubernetesSessionSettings {
  return {
    api: 'https://api.example.com:9021',
    uaa: 'https://api.example.com:8443',
    skipTlsVerification: false,
    identity: 'alana',
    store: 'file',
    clusters: ['dev-1'],
    ...changes,
  };
}

/** The calls of the credential plugin, in memory. */
export function fakeCredentialCalls(): CredentialCalls & { readonly all: CredentialCall[] } {
  const all: CredentialCall[] = [];
  const failures: CredentialFailure[] = [];
  return {
    all,
    findFailure: ({ pid }, kind) =>
      failures.findLast((failure) => failure.parent.pid === pid && failure.kind === kind),
    addFailure: (failure) => {
      failures.push(failure);
    },
    findLast: ({ pid, startTime }) =>
      all.findLast(({ parent }) => parent.pid === pid && parent.startTime === startTime),
    add: (call) => {
      all.push(call);
    },
    prune: (now) => {
      all.splice(0, all.length, ...all.filter(({ renewAt }) => renewAt > now));
    },
    clear: () => {
      all.length = 0;
    },
  };
}

/** Counts how often the settings are read and written. */
export function countSettingsAccess(file: SettingsFile) {
  const counts = { reads: 0, updates: 0 };
  const counting: SettingsFile = {
    ...file,
    read: () => {
      counts.reads += 1;
      return file.read();
    },
    update: (change) => {
      counts.updates += 1;
      return file.update(change);
    },
  };
  return { counts, file: counting };
}
