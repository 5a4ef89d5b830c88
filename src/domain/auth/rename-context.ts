import { TpksError } from '../../base/errors.js';
import { getOwnValue } from '../../base/json-value.js';
import { quoteForShell } from '../../base/shell-quote.js';
import { type Settings, renameInSelections } from '../../platform/config/settings.js';
import { unknownContextError, checkContextName } from '../contexts/context-names.js';
import { formatLoginCommand } from '../contexts/login-command.js';
import type { LoginStoreDeps } from './login-store.js';

export interface RenameDeps extends Pick<LoginStoreDeps, 'settings' | 'sessions'> {
  readonly renameKubernetesSession: (name: string, newName: string) => Promise<void>;
}

/** Also renames the sessions. @throws {TpksError} `notFound`, `conflict`, `usage`, `keychain`, `storage` */
export async function renameContext(
  name: string,
  newName: string,
  { settings, sessions, renameKubernetesSession }: RenameDeps,
): Promise<void> {
  const { kubernetesSessions = {} } = await settings.update(async (current, write) => {
    const context = validateRename(current, name, newName);
    const loginCommand = formatLoginCommand({ ...context, name });
    const next = withNewName(current, name, newName);
    await sessions.move(
      { ...context, name, loginCommand },
      { name: newName, store: context.store },
      () => write(next),
    );
    return next;
  });
  if (Object.hasOwn(kubernetesSessions, name)) await renameKubernetesSession(name, newName);
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
