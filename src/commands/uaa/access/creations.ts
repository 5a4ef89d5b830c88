import { userKey, type AccessClient, type AccessUser } from './access.js';
import type { AccessFile, FileClient, FileUser } from './access-file.js';
import type { Change } from './difference.js';
import type { Note } from './resolve.js';

/** The users and clients of a file that the UAA does not have yet. */
export interface Creations {
  readonly users: readonly FileUser[];
  readonly clients: readonly FileClient[];
}

export function creationsOf(changes: readonly Change[], file: AccessFile): Creations {
  const users = new Set<string>();
  const clients = new Set<string>();
  for (const change of changes) {
    if (change.action !== 'add') continue;
    if (change.kind === 'user') users.add(userKey(change.user));
    if (change.kind === 'client') clients.add(change.client.id);
  }
  return {
    users: file.users.filter((user) => users.has(userKey(user))),
    clients: file.clients.filter(({ id }) => clients.has(id)),
  };
}

/**
 * Notes what the file leaves out, or says too much, of users and clients that are to be made: of
 * those that exist it may say less.
 * @see uaa-api, sections 8.1 and 9.6
 */
export function checkCreations({ users, clients }: Creations, note: Note): void {
  for (const user of users) {
    for (const text of userProblems(user)) {
      note(user.place, `user ${user.user} is not there yet: ${text}`);
    }
  }
  for (const client of clients) {
    for (const text of clientProblems(client)) {
      note(client.place, `client ${client.id} is not there yet: ${text}`);
    }
  }
}

function userProblems({ origin, emails, passwordFrom }: AccessUser): string[] {
  const isOwn = origin.toLowerCase() === 'uaa';
  return [
    ...(emails === undefined ? ['it needs emails'] : []),
    ...(isOwn && passwordFrom === undefined ? ['it needs password_from'] : []),
    ...(!isOwn && passwordFrom !== undefined
      ? [`users of origin ${origin} have no password here: take password_from out`]
      : []),
  ];
}

function clientProblems({ attributes, secretFrom }: AccessClient): string[] {
  const { authorized_grant_types: types, redirect_uri: redirects, allowpublic } = attributes;
  if (typeof types !== 'object') return ['it needs authorized_grant_types'];
  const has = (...wanted: readonly string[]): string | undefined =>
    wanted.find((type) => types.includes(type));
  const redirecting = has('authorization_code', 'implicit');
  const withSecret = has('client_credentials', 'authorization_code');
  const hasSecret = secretFrom !== undefined && secretFrom.kind !== 'empty';
  return [
    ...(redirecting !== undefined && redirects === undefined
      ? [`${redirecting} needs redirect_uri`]
      : []),
    ...(withSecret !== undefined && !hasSecret && allowpublic !== true
      ? [`${withSecret} needs secret_from, and not an empty one`]
      : []),
    ...(has('implicit') !== undefined && hasSecret
      ? ['implicit goes without a secret: take secret_from out']
      : []),
  ];
}
