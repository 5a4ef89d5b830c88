import type { Settings, SettingsFile } from '../../../src/platform/config/settings.js';
import { someSettings } from '../fixtures/selections.js';

/** A settings file in memory. */
export interface FakeSettings extends SettingsFile {
  /** Returns the current settings. */
  readonly current: () => Settings;
}

/** Creates a settings file in memory. @param first - the settings at the start. */
export function fakeSettings(first: Partial<Settings> = {}): FakeSettings {
  let settings = someSettings(first);
  return {
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
