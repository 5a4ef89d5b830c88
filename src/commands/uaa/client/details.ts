import { formatDuration } from '../../../base/clock.js';
import { toPlainText } from '../../../base/json-value.js';
import { type Line, spansOf } from '../../../platform/terminal/lines.js';
import { fitDetails } from '../../../platform/terminal/screen.js';
import type { View } from '../../../platform/terminal/terminal.js';
import { toYaml } from '../../../platform/terminal/yaml.js';
import { formatTime, toDate } from '../../format-time.js';
import { fitYaml, withReadableTimes } from '../objects.js';

type Format = (value: unknown, now: Date) => string;

interface Field {
  readonly name: string;
  readonly label: string;
  /** Formats a value that is not `null`; by default, a list is joined with commas. */
  readonly format?: Format;
}

const formatList: Format = (value) =>
  Array.isArray(value) ? value.map(toPlainText).join(', ') : toPlainText(value);

const formatSeconds: Format = (value) =>
  typeof value === 'number' && value >= 0 ? formatDuration(value) : toPlainText(value);

/** Related fields, in the order that is most useful to administrators. */
const sections: readonly { readonly title: string; readonly fields: readonly Field[] }[] = [
  {
    title: 'General',
    fields: [
      { name: 'client_id', label: 'Id' },
      { name: 'client_secret', label: 'Secret' },
      { name: 'name', label: 'Name' },
      {
        name: 'lastModified',
        label: 'Last modified',
        format: (value, now) => formatTime(toDate(value), now),
      },
    ],
  },
  {
    title: 'Grants and scopes',
    fields: [
      { name: 'authorized_grant_types', label: 'Grant types' },
      { name: 'scope', label: 'Scopes' },
      { name: 'authorities', label: 'Authorities' },
      {
        name: 'autoapprove',
        label: 'Auto-approve',
        format: (value, now) => {
          const text = formatList(value, now);
          return text === 'true' ? 'all scopes' : text;
        },
      },
      { name: 'required_user_groups', label: 'Required groups' },
    ],
  },
  {
    title: 'Tokens',
    fields: [
      { name: 'access_token_validity', label: 'Access token', format: formatSeconds },
      { name: 'refresh_token_validity', label: 'Refresh token', format: formatSeconds },
    ],
  },
  {
    title: 'Redirects',
    fields: [
      { name: 'redirect_uri', label: 'Redirect URIs' },
      {
        name: 'allowedproviders',
        label: 'Allowed providers',
        // If the list is absent, users of all providers may log in.
        format: (value, now) => formatList(value, now) || 'none',
      },
    ],
  },
];

/** Fields without useful information: the UAA replaces every value of `resource_ids`. */
const omittedFields = ['resource_ids'];

const fieldsInSections: ReadonlySet<string> = new Set([
  ...sections.flatMap(({ fields }) => fields.map(({ name }) => name)),
  ...omittedFields,
]);

/**
 * Returns a function that formats a client for a terminal, in sections. Fields that belong to no section are shown as
 * YAML at the end. Fields without a value are omitted.
 */
export async function prepareClientDetails(
  client: Readonly<Record<string, unknown>>,
  now: Date,
): Promise<View['screen']> {
  const entries = Object.entries(client).filter(([, value]) => value !== null);
  const values = new Map(entries);
  const others = entries.filter(([name]) => !fieldsInSections.has(name));
  const yaml =
    others.length === 0 ? [] : await toYaml(withReadableTimes(Object.fromEntries(others)));
  return (width) => {
    const innerWidth = width - indent.length;
    const formatted = sections.map(({ title, fields }): Section => {
      const pairs = fields.map(({ name, label, format = formatList }): [string, string] => [
        label,
        values.has(name) ? format(values.get(name), now) : '',
      ]);
      return { title, lines: fitDetails(pairs, innerWidth) };
    });
    return [...formatted, { title: 'Other', lines: fitYaml(yaml, innerWidth) }]
      .filter(({ lines }) => lines.length > 0)
      .flatMap(({ title, lines }, index): Line[] => [
        ...(index === 0 ? [] : ['']),
        [{ text: title, tone: 'strong' }],
        ...lines.map((line): Line => [indent, ...spansOf(line)]),
      ]);
  };
}

interface Section {
  readonly title: string;
  readonly lines: readonly Line[];
}

const indent = '  ';
