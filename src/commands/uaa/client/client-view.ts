import { table } from '../../../terminal/table.js';
import type { Line, Span } from '../../../terminal/terminal.js';
import type { Client } from '../../../uaa/clients.js';
import { readableTime } from '../readable-times.js';

/** The columns people look for. */
export function clientTable(clients: readonly Client[]): Line[] {
  return table(
    ['Client ID', 'Name', 'Grant types', 'Access token', 'Last modified'],
    clients.map((client) => [
      client.client_id,
      typeof client['name'] === 'string' ? client['name'] : '',
      (client.authorized_grant_types ?? []).join(','),
      lifetime(client['access_token_validity']),
      readableTime(client.lastModified) ?? '',
    ]),
  );
}

/** As the UAA spells them, however they were typed. */
export function toClientFields(words: readonly string[]): readonly string[] {
  return [...new Set(words.map((word) => (/^lastmodified$/i.test(word) ? 'lastModified' : word)))];
}

function lifetime(seconds: unknown): Span {
  return typeof seconds === 'number' ? `${seconds} s` : { text: 'default', tone: 'muted' };
}
