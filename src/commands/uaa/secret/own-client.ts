import type { Services } from '../../../services.js';

type Deps = Pick<Services, 'terminal' | 'uaaContext'>;

/** Says that the token in use has ended, if it was that of the client whose secret is another now. */
export async function noteEndedToken(id: string, deps: Deps): Promise<void> {
  const { clientId, grant } = await deps.uaaContext();
  if (clientId !== id || grant !== 'client_credentials') return;
  deps.terminal.note(
    `The token of ${id} has ended with the old secret; get a new one: tpks uaa token client get ${id}`,
  );
}
