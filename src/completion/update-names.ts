import { setTimeout } from 'node:timers/promises';
import { Command } from 'commander';
import type { RunningServices } from '../app/services.js';
import { getOwnValue } from '../base/json-value.js';
import type { NameSource } from '../commands/completer.js';
import type { Entry } from '../commands/contents.js';
import { locateIdentity } from '../domain/contexts/locate.js';
import type { NameKind } from '../platform/config/name-cache.js';

interface RefreshDeps {
  /** Services that never prompt and print nothing. */
  readonly services: RunningServices;
  readonly platform: NodeJS.Platform;
  readonly contents: readonly Entry[];
}

/** The age at which names are fetched again. */
const freshMilliseconds = 5 * 60_000;

/** Time limit for each request and for the whole update. It is short, because the user waits for the names. */
export const updateSeconds = 3;

/** The command that lists the names of each kind. */
const listCommands: Readonly<Record<NameKind, string>> = {
  clients: 'clients',
  clusters: 'clusters',
  'compute-profiles': 'compute-profiles',
  groups: 'groups',
  'kubernetes-profiles': 'kubernetes-profiles',
  'network-profiles': 'network-profiles',
  owners: 'quotas',
  plans: 'plans',
  tasks: 'tasks',
  users: 'users',
};

export function isNameKind(text: string): text is NameKind {
  return Object.hasOwn(listCommands, text);
}

/**
 * Fetches the names of a kind by running the command that lists them, if they are missing or older than
 * 5 minutes. One process at a time does so for each list, at most once a minute.
 *
 * Names of a context in the keychain are fetched only on Linux: on macOS, reading the key can open a
 * dialog.
 */
export async function updateNames(
  { role, names }: NameSource,
  { services, platform, contents }: RefreshDeps,
): Promise<void> {
  const settings = await services.settings.read();
  const { context: selected, zone } = services.options();
  const found = locateIdentity({
    ...{ settings, env: services.env, flags: { context: selected } },
    ...{ role, acceptsOtherRole: true },
  });
  // The names of other zones are not cached.
  if (found?.kind !== 'stored' || zone !== undefined) return;
  const context = getOwnValue(settings.contexts, found.name);
  if (context?.store === 'keychain' && platform !== 'linux') return;
  const now = services.clock.now();
  const cache = services.names(names);
  const written = cache.readTime(found.name);
  if (written !== undefined && now.getTime() - written < freshMilliseconds) return;
  if (!(await cache.claimRefresh(found.name, now))) return;
  const group = role === 'uaa' && contents.some(({ name }) => name === 'uaa') ? ['uaa'] : [];
  const list = runCommand([...group, listCommands[names]], contents, services);
  const limit = setTimeout(updateSeconds * 1000, undefined, { ref: false });
  await Promise.race([list, limit]).catch(() => undefined);
  // A token renewal that is in progress must be stored.
  await services.settle();
}

/** Runs a command that stores the names that it lists. */
async function runCommand(
  [word, ...rest]: readonly string[],
  contents: readonly Entry[],
  services: RunningServices,
): Promise<void> {
  const part = await contents.find(({ name }) => name === word)?.load();
  if (part === undefined) return;
  if ('contents' in part) return runCommand(rest, part.contents, services);
  const command = new Command().exitOverride();
  part.define(command, services);
  await command.parseAsync(['-o', 'name'], { from: 'user' });
}
