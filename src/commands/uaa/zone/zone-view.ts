import { table } from '../../../terminal/table.js';
import type { Line } from '../../../terminal/terminal.js';
import type { IdentityZone } from '../../../uaa/identity-zones.js';

/** The columns people look for; settings are in the JSON. */
export function zoneTable(zones: readonly IdentityZone[]): Line[] {
  return table(
    ['Id', 'Subdomain', 'Name', 'Active', 'Description'],
    zones.map(({ id, subdomain, name, active, description }) => [
      id,
      subdomain === '' ? { text: '(default)', tone: 'muted' } : subdomain,
      name ?? '',
      active === false ? { text: 'no', tone: 'bad' } : 'yes',
      description ?? '',
    ]),
  );
}
