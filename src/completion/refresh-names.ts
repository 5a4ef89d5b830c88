import { Command } from 'commander';
import type { Entry } from '../commands/contents.js';
import type { Environment } from '../config/environment.js';
import type { NameKind } from '../config/name-cache.js';
import type { Role } from '../config/settings.js';
import { locateIdentity } from '../contexts/locate.js';
import { getOwnValue } from '../own-value.js';
import type { Services } from '../services.js';

export interface RefreshInput {
  /** The role whose identity lists the names. */
  readonly role: Role;
  /** The kind of names. */
  readonly names: string;
}

interface RefreshDeps {
  /** Services that never prompt and print nothing. */
  readonly services: Services;
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
  readonly contents: readonly Entry[];
}

/** The age at which names are fetched again. */
const freshMilliseconds = 5 * 60_000;
const limitMilliseconds = 30_000;
/** If there are no names yet, the user waits for them. */
const waitMilliseconds = 5_000;

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

/**
 * Fetches the names of a kind for completion by running the command that lists them, if they are
 * missing or older than 5 minutes. One process at a time does so for each list, at most once a minute.
 *
 * Names of a context in the keychain are fetched only on Linux: on macOS, reading the key can open a
 * dialog.
 */
export async function refreshNames(input: RefreshInput, deps: RefreshDeps): Promise<void> {
  const { services, env, platform, contents } = deps;
  const names = findKind(input.names);
  if (names === undefined) return;
  const settings = await (await services.settings()).read();
  const found = locateIdentity({ settings, env, role: input.role, acceptsOtherRole: true });
  if (found?.kind !== 'stored') return;
  const context = getOwnValue(settings.contexts, found.name);
  if (context?.store === 'keychain' && platform !== 'linux') return;
  const now = services.clock.now();
  const cache = await services.names(names);
  const written = await cache.readTime(found.name);
  if (written !== undefined && now.getTime() - written < freshMilliseconds) return;
  if (!(await cache.claimRefresh(found.name, now))) return;
  const group = input.role === 'uaa' && contents.some(({ name }) => name === 'uaa') ? ['uaa'] : [];
  await Promise.race([
    runCommand([...group, listCommands[names]], contents, services),
    services.clock.sleep(written === undefined ? waitMilliseconds : limitMilliseconds),
  ]);
}

function findKind(text: string): NameKind | undefined {
  return Object.keys(listCommands).find((name): name is NameKind => name === text);
}

/** Runs a command that stores the names that it lists. */
async function runCommand(
  [word, ...rest]: readonly string[],
  contents: readonly Entry[],
  services: Services,
): Promise<void> {
  const part = await contents.find(({ name }) => name === word)?.load();
  if (part === undefined) return;
  if ('contents' in part) return runCommand(rest, part.contents, services);
  const command = new Command().exitOverride();
  part.define(command, services);
  await command.parseAsync(['-o', 'name'], { from: 'user' });
}
