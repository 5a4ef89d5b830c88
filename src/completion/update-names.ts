import { setTimeout } from 'node:timers/promises';
import { Command } from 'commander';
import type { RunningServices } from '../app/services.js';
import { getOwnValue } from '../base/json-value.js';
import type { Entry } from '../commands/command-table.js';
import { locateIdentity } from '../domain/contexts/identity.js';
import type { Role } from '../platform/config/settings.js';

export interface NameRequest {
  readonly role: Role;
  /** A kind of names. Unknown kinds are ignored. */
  readonly names: string;
}

interface UpdateDeps {
  /** Services that never prompt and print nothing. */
  readonly services: RunningServices;
  readonly platform: NodeJS.Platform;
  readonly contents: readonly Entry[];
}

const freshMilliseconds = 5 * 60_000;

/** Time limit for each request and for the whole update. It is short, because the user waits for the names. */
export const updateSeconds = 3;

/**
 * Fetches the names of a kind by running the command that lists them, if they are missing or older than
 * 5 minutes. One process at a time does so for each list, at most once a minute.
 *
 * Names of a context in the keychain are fetched only on Linux: on macOS, reading the key can open a
 * dialog.
 */
export async function updateNames(
  { role, names }: NameRequest,
  { services, platform, contents }: UpdateDeps,
): Promise<void> {
  const entries = role === 'uaa' ? await findUaaContents(contents) : contents;
  const list = entries.find(({ cachedNames }) => cachedNames === names);
  if (list?.cachedNames === undefined) return;
  const settings = await services.settings.read();
  const { context: selected, zone } = services.options();
  const found = locateIdentity({
    settings,
    env: services.env,
    flags: { context: selected },
    role,
    acceptsOtherRole: true,
  });
  // The names of other zones are not cached.
  if (found?.kind !== 'stored' || zone !== undefined) return;
  const context = getOwnValue(settings.contexts, found.name);
  if (context?.store === 'keychain' && platform !== 'linux') return;
  // A renewal would run the command, and password managers can open a dialog, too.
  const isClient = context?.grant === 'client_credentials';
  if (isClient && services.env.TPKS_CLIENT_SECRET_COMMAND !== undefined) return;
  const now = services.clock.now();
  const cache = services.names(list.cachedNames);
  const written = cache.readTime(found.name);
  if (written !== undefined && now.getTime() - written < freshMilliseconds) return;
  if (!cache.claimRefresh(found.name, now)) return;
  const limit = setTimeout(updateSeconds * 1000, undefined, { ref: false });
  await Promise.race([runList(list, services), limit]).catch(() => undefined);
  // A token renewal that is in progress must be stored.
  await services.settle();
}

/** The commands of `tpks uaa`, which are at the root of the link `uaac`. */
async function findUaaContents(contents: readonly Entry[]): Promise<readonly Entry[]> {
  const part = await contents.find(({ name }) => name === 'uaa')?.load();
  return part !== undefined && 'contents' in part ? part.contents : contents;
}

async function runList({ load }: Entry, services: RunningServices): Promise<void> {
  const part = await load();
  if ('contents' in part) return;
  const command = new Command().exitOverride();
  part.define(command, services);
  await command.parseAsync(['-o', 'name'], { from: 'user' });
}
