import type { SettingsFile } from '../../../src/platform/config/settings.js';
import type { KubernetesSessionSettings } from '../../../src/platform/config/settings.js';

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
