import type { Settings, SettingsFile } from '../../../src/platform/config/settings.js';
import { someSettings } from '../fixtures/selections.js';

/** Creates a settings file in memory. @param start - settings that differ from the defaults. */
export function memorySettings(start: Partial<Settings> = {}): SettingsFile {
  let settings = someSettings(start);
  return {
    read: async () => settings,
    update: async (change) =>
      (settings = await change(settings, async (next) => {
        settings = next;
      })),
  };
}
