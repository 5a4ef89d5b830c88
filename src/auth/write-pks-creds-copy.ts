import type { LoginOptions, LoginRequest } from './login.js';
import type { SavedLogin } from './login-store.js';
import type { PksCredsCopies } from './pks-creds-copy.js';
import type { Token } from './token.js';

export interface WritePksCredsCopyDeps {
  readonly pksCredsCopies: () => Promise<Pick<PksCredsCopies, 'write' | 'update'>>;
  /** Whether `TPKS_PKS_CREDS` is enabled. */
  readonly isPksCredsEnabled: boolean;
  readonly warn: (text: string) => void;
}

/**
 * Writes a plain-text copy of the session after a login, if the user opted in.
 * @returns its path; `undefined` if it was not written.
 */
export async function writePksCredsCopy(
  { name, context: { pksCreds } }: SavedLogin,
  token: Token,
  { grant, writeCreds = false, role }: LoginRequest & Pick<LoginOptions, 'role'>,
  { pksCredsCopies, isPksCredsEnabled, warn }: WritePksCredsCopyDeps,
): Promise<string | undefined> {
  if (role === 'uaa') {
    if (pksCreds !== undefined) await (await pksCredsCopies()).update(name, token);
    return undefined;
  }
  const isAlwaysWritten = writeCreds || pksCreds?.isAlwaysWritten === true;
  if (!isAlwaysWritten && !isPksCredsEnabled) return undefined;
  const username = 'username' in grant ? grant.username : undefined;
  const path = await (await pksCredsCopies()).write(name, token, { isAlwaysWritten, username });
  if (path !== undefined) {
    warn(`the tokens are also stored in plain text in ${path}; tpks logout deletes this file`);
  }
  return path;
}
