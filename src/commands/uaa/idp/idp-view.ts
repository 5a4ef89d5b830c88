import { table } from '../../../terminal/table.js';
import type { Line } from '../../../terminal/terminal.js';
import type { IdentityProvider } from '../../../uaa/identity-providers.js';

/** The columns people look for, the first of them the origin. */
export function providerTable(providers: readonly IdentityProvider[]): Line[] {
  return table(
    ['Origin', 'Type', 'Name', 'Active', 'Id'],
    providers.map(({ originKey, type, name, active, id }) => [
      originKey,
      type,
      name ?? '',
      active === false ? { text: 'no', tone: 'bad' } : 'yes',
      id,
    ]),
  );
}
