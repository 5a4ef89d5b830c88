import { table } from '../../../terminal/table.js';
import type { Services } from '../../../services.js';
import type { Line, Span } from '../../../terminal/terminal.js';
import type { Client } from '../../../uaa/clients.js';
import type { Resource } from '../../../uaa/scim.js';
import { asYaml } from '../as-yaml.js';

/** The columns people look for. */
export function clientTable(clients: readonly Client[]): Line[] {
  return table(
    ['Client ID', 'Name', 'Grant types', 'Access token', 'Last modified'],
    clients.map((client) => [
      client.client_id,
      typeof client['name'] === 'string' ? client['name'] : '',
      (client.authorized_grant_types ?? []).join(','),
      lifetime(client['access_token_validity']),
      instant(client.lastModified) ?? '',
    ]),
  );
}

/** Shows one client as it is, or as YAML, whose times are readable. */
export async function showClient(
  client: Resource,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<void> {
  const at = instant(client['lastModified']);
  const readable = at === undefined ? client : { ...client, lastModified: at };
  await terminal.show({ json: client, text: await asYaml(readable) });
}

/** As the UAA spells them, however they were typed. */
export function toClientFields(words: readonly string[]): readonly string[] {
  return [...new Set(words.map((word) => (/^lastmodified$/i.test(word) ? 'lastModified' : word)))];
}

function lifetime(seconds: unknown): Span {
  return typeof seconds === 'number' ? `${seconds} s` : { text: 'default', tone: 'muted' };
}

/** @param at - epoch milliseconds. */
function instant(at: unknown): string | undefined {
  const date = new Date(typeof at === 'number' ? at : Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString().replace(/\.\d+Z$/, 'Z');
}
