import type { Settings } from '../config/settings.js';
import { findApi, listStoredInstallations } from './installation.js';
import { findSelection } from './selection.js';

/**
 * Describes a change of the current installation, for the user.
 * @returns `undefined` if the installation is the same, or the first one.
 */
export function describeSwitch(before: Settings, after: Settings): string | undefined {
  const [from, to] = [findSelection(before).uaa, findSelection(after).uaa];
  if (from === undefined || to === undefined || from === to) return undefined;
  const [newName, oldName] = nameInstallations(to, from, after);
  return `Now using ${newName} (before: ${oldName})`;
}

/** @param former - the UAA that `tpks uaa` used in tpks 0.2.0 or earlier. */
export function describeFormerTarget(settings: Settings, former: string): string {
  const { uaa = former } = findSelection(settings);
  const [newName, oldName] = nameInstallations(uaa, former, settings);
  return (
    `tpks uaa now uses ${newName}, the current installation (before: ${oldName}); ` +
    `to use ${oldName} for all commands: tpks uaa target ${former}`
  );
}

/** Names installations by the hosts of their APIs, or of their UAAs, with ports if the hosts are equal. */
function nameInstallations(
  one: string,
  other: string,
  settings: Settings,
): readonly [string, string] {
  const installations = listStoredInstallations(settings);
  const urlOf = (uaa: string) => new URL(findApi(uaa, installations) ?? uaa);
  const [first, second] = [urlOf(one), urlOf(other)];
  if (first.hostname !== second.hostname) return [first.hostname, second.hostname];
  if (first.host !== second.host) return [first.host, second.host];
  return [one, other];
}
