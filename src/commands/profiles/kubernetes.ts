import { toDisplayText } from '../../json-value.js';
import { createKubernetesProfiles, type KubernetesProfile } from '../../pks/profiles.js';
import type { Line } from '../../terminal/terminal.js';
import { createTimeFormatter, type FormatTime } from '../local-time.js';
import { profileCommands } from './profile-commands.js';

const time = createTimeFormatter('');

/** The table of the `pks` CLI. @see pks-cli, section 10 */
export const { list, show, create, remove } = profileCommands({
  plural: 'kubernetes-profiles',
  label: 'Kubernetes profile',
  contents: 'settings of Kubernetes components',
  examples: { show: 'audited', file: 'kubernetes-profile.json' },
  fileNote:
    'The contents of the files under file-arguments (paths relative to this file) are sent too. ',
  resource: createKubernetesProfiles,
  columns: [
    { head: 'K8s-profile', cell: ({ name }) => name },
    { head: 'Owner', cell: ({ owner }) => owner ?? '' },
    { head: 'Created Date', cell: ({ created_at }) => time(created_at) },
    { head: 'Description', cell: ({ description }) => description ?? '', wide: true },
  ],
  formatDetails: (profile) => formatKubernetesProfile(profile, time),
  readFile: async (file) => (await import('./kubernetes-file.js')).readKubernetesProfile(file),
});

/** Formats a Kubernetes profile like the `pks` CLI. @see pks-cli, section 10 */
export function formatKubernetesProfile(profile: KubernetesProfile, time: FormatTime): Line[] {
  return [
    '',
    formatRow('Name:', profile.name),
    formatRow('Owner:', profile.owner ?? ''),
    formatRow('Created Date', time(profile.created_at)),
    formatRow('Description:', profile.description ?? ''),
    ...formatSettings(profile.customizations, ''),
    ...formatSettings(profile.experimental_customizations, ' (experimental)'),
  ];
}

function formatSettings(
  customizations: KubernetesProfile['customizations'],
  note: string,
): string[] {
  return (customizations ?? []).flatMap((customization) => [
    `${customization.component ?? ''}${note}:`,
    ...Object.entries(customization.arguments ?? {}).map(([key, value]) =>
      formatRow(`${key} :`, toDisplayText(value)),
    ),
    ...Object.entries(customization['file-arguments'] ?? {}).map(([key, value]) =>
      formatRow(`${key} :`, describeFile(value)),
    ),
  ]);
}

/** Only `--json` shows the contents of files, because they are long and may contain keys. */
function describeFile(value: unknown): string {
  return `(file, ${String(Buffer.byteLength(toDisplayText(value)))} bytes)`;
}

/** The column in which the `pks` CLI prints values, counted from 0. */
const valueColumn = 25;

function formatRow(label: string, value: string): string {
  return `${label.padEnd(valueColumn - 2)}  ${value}`.trimEnd();
}
