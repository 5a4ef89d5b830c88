import { TpksError } from '../../base/errors.js';
import { getOwnValue } from '../../base/json-value.js';
import { quoteForShell } from '../../base/shell-quote.js';
import {
  renameInSelections,
  type Settings,
  type SettingsFile,
} from '../../platform/config/settings.js';
import { checkContextName, unknownContextError, formatLoginCommand } from '../contexts/context.js';
import { copySession, type SessionLocation, type SessionStore } from './session-file.js';

export interface RenameDeps {
  readonly settings: SettingsFile;
  readonly sessionStore: (name: string, place: SessionLocation) => Promise<SessionStore>;
  /** Runs work while no process renews the token of the context. */
  readonly withLock: <T>(name: string, work: () => Promise<T>) => Promise<T>;
  readonly renameKubernetesSession: (name: string, newName: string) => Promise<void>;
}

/**
 * Renames a context and its Kubernetes session. Its session is written under the new name before the old
 * one is removed.
 * @throws {TpksError} `notFound`; `conflict` if the new name is taken; `usage`, `keychain`, `storage`
 */
export async function renameContext(
  name: string,
  newName: string,
  { settings, sessionStore, withLock, renameKubernetesSession }: RenameDeps,
): Promise<void> {
  let old: SessionStore | undefined;
  const { kubernetesSessions = {} } = await settings.update(async (now) => {
    const context = validateRename(now, name, newName);
    const [from, to] = await Promise.all([
      sessionStore(name, { ...context, loginCommand: formatLoginCommand({ ...context, name }) }),
      sessionStore(newName, { store: context.store }),
    ]);
    await withLock(name, () => copySession(from, to));
    old = from;
    return withNewName(now, name, newName);
  });
  if (Object.hasOwn(kubernetesSessions, name)) await renameKubernetesSession(name, newName);
  await old?.remove();
}

function validateRename(settings: Settings, name: string, newName: string) {
  const { contexts, kubernetesSessions = {} } = settings;
  const context = getOwnValue(contexts, name);
  if (context === undefined) throw unknownContextError(name);
  checkContextName(newName);
  if (Object.hasOwn(contexts, newName)) {
    throw new TpksError('conflict', `Context ${newName} already exists`, {
      hint: 'choose another name, or delete the other context: tpks context delete NAME',
    });
  }
  const session = getOwnValue(kubernetesSessions, newName);
  const keys = ['identity', 'api', 'uaa', 'store'] as const;
  if (session !== undefined && keys.some((key) => session[key] !== context[key])) {
    // The context would otherwise use the session of another user.
    throw new TpksError('conflict', `The Kubernetes session ${newName} belongs to another user`, {
      hint: `choose another name, or delete the session: tpks logout --context ${quoteForShell(newName)}`,
    });
  }
  return context;
}

function withNewName(settings: Settings, name: string, newName: string): Settings {
  const { selections } = settings;
  return {
    ...settings,
    selections: renameInSelections(selections, (each) => (each === name ? newName : each)),
    contexts: Object.fromEntries(
      Object.entries(settings.contexts).map(([key, context]) =>
        // The copied session has the file name and the key of a first login.
        key === name
          ? [newName, { ...context, sessionId: undefined, otherStore: undefined }]
          : [key, context],
      ),
    ),
  };
}
