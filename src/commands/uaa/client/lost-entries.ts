import type { Services } from '../../../services.js';
import { findUnstoredEntries } from '../../../uaa/client-attributes.js';
import type { Client, ClientAttributes } from '../../../uaa/clients.js';

/** Warns about list entries that were sent but that the UAA did not store. */
export function warnOfLostEntries(
  sent: ClientAttributes,
  client: Client,
  { terminal }: Pick<Services, 'terminal'>,
): void {
  for (const [name, value] of Object.entries(sent)) {
    const lost = findUnstoredEntries(client, name, value);
    if (lost.length === 0) continue;
    const reason = name === 'autoapprove' ? ', because they are not scopes of the client' : '';
    terminal.warn(`the UAA did not store these entries of ${name}${reason}: ${lost.join(', ')}`);
  }
}
