import { firstBoolean, firstString, type BusMessage } from './bus-message.js';
import { openSessionBus, sessionBusPath, type SessionBus } from './session-bus.js';

/**
 * What the Secret Service can do for us right now; `unknown` when the bus cannot be asked in this
 * way, which says nothing about the service.
 */
export type SecretServiceState =
  'ready' | 'locked' | 'noCollection' | 'absent' | 'silent' | 'unknown';

/**
 * Asks the Secret Service for its default collection and whether it is locked, which shows no
 * dialog. The native module cannot ask: where a dialog waits for a password it blocks its thread
 * until the user answers, and a process that wants to exit waits for that thread; where the service
 * does not answer, it stops the event loop for two seconds.
 * @param limitMilliseconds - for the whole answer.
 * @see Secret Service API Draft, sections "Service" and "Collection"
 */
export async function secretServiceState(
  env: NodeJS.ProcessEnv,
  limitMilliseconds: number,
): Promise<SecretServiceState> {
  const path = sessionBusPath(env);
  if (path === undefined) return 'unknown';
  const bus = openSessionBus(path);
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<SecretServiceState>((resolve) => {
    timer = setTimeout(resolve, limitMilliseconds, 'silent');
  });
  try {
    return await Promise.race([ask(bus), limit]);
  } finally {
    clearTimeout(timer);
    bus.close();
  }
}

const destination = 'org.freedesktop.secrets';
const noObject = '/';

async function ask(bus: SessionBus): Promise<SecretServiceState> {
  try {
    const alias = await bus.call({
      destination,
      path: '/org/freedesktop/secrets',
      interface: 'org.freedesktop.Secret.Service',
      member: 'ReadAlias',
      args: ['default'],
    });
    if (alias.kind === 'error') return isAbsent(alias) ? 'absent' : 'unknown';
    const collection = firstString(alias.body);
    if (collection === noObject) return 'noCollection';
    const locked = await bus.call({
      destination,
      path: collection,
      interface: 'org.freedesktop.DBus.Properties',
      member: 'Get',
      args: ['org.freedesktop.Secret.Collection', 'Locked'],
    });
    const isLocked = locked.kind === 'return' ? firstBoolean(locked.body) : undefined;
    return isLocked === undefined ? 'unknown' : isLocked ? 'locked' : 'ready';
  } catch {
    return 'unknown';
  }
}

/** Nobody has the name, and nobody can be started to take it. */
function isAbsent({ errorName }: BusMessage): boolean {
  return /\.(ServiceUnknown|NameHasNoOwner|Spawn\.\w+)$/.test(errorName);
}
