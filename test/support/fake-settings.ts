import type { Context } from '../../src/contexts/context.js';
import type {
  ClientContextSettings,
  ContextSettings,
  Settings,
  SettingsFile,
  UserContextSettings,
} from '../../src/config/settings.js';

/** Settings in memory. */
export interface FakeSettings extends SettingsFile {
  readonly current: () => Settings;
}

export function fakeSettings(first: Partial<Settings> = {}): FakeSettings {
  let settings: Settings = { version: 1, contexts: {}, targets: [], ...first };
  return {
    path: '/home/cody/.config/tpks/config.json',
    current: () => settings,
    read: () => Promise.resolve(settings),
    update: async (change) => {
      const write = async (next: Settings): Promise<void> => {
        settings = next;
      };
      await write(await change(settings, write));
      return settings;
    },
  };
}

/** An installation on the usual ports. */
const place = {
  api: 'https://api.example.com:9021',
  uaa: 'https://api.example.com:8443',
  skipTlsVerification: false,
  store: 'file',
} as const;

/** A user. */
export const codySettings: UserContextSettings = {
  ...place,
  identity: 'cody',
  grant: 'password',
  clientId: 'pks_cli',
  origin: 'uaa',
};

/** A UAA client at the same installation. */
export const adminSettings: ClientContextSettings = {
  ...place,
  identity: 'admin',
  grant: 'client_credentials',
  clientId: 'admin',
};

/** What is stored of a context, as a run sees it. */
export function asContext(name: string, settings: ContextSettings): Context {
  const source = 'context';
  return {
    ...settings,
    name,
    sources: { name: 'default', api: source, uaa: source, caCert: source, identity: source },
  };
}
