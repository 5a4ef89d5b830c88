import { displayText } from '../../json-value.js';
import type { KubernetesProfile } from '../../pks/kubernetes-profiles.js';
import type { Line } from '../../terminal/terminal.js';
import type { LocalTime } from '../local-time.js';

/**
 * The original's block, then a line for each setting under the component that it is for.
 * @see pks-cli, section 10
 */
export function kubernetesProfileDetails(profile: KubernetesProfile, time: LocalTime): Line[] {
  return [
    '',
    row('Name:', profile.name),
    row('Owner:', profile.owner ?? ''),
    row('Created Date', time(profile.created_at)),
    row('Description:', profile.description ?? ''),
    ...settings(profile.customizations, ''),
    ...settings(profile.experimental_customizations, ' (experimental)'),
  ];
}

function settings(customizations: KubernetesProfile['customizations'], note: string): string[] {
  return (customizations ?? []).flatMap((customization) => [
    `${customization.component ?? ''}${note}:`,
    ...Object.entries(customization.arguments ?? {}).map(([key, value]) =>
      row(`${key} :`, displayText(value)),
    ),
    ...Object.entries(customization['file-arguments'] ?? {}).map(([key, value]) =>
      row(`${key} :`, contentOf(value)),
    ),
  ]);
}

/** A file is long, and some hold keys: `--json` has it. */
function contentOf(value: unknown): string {
  return `a file of ${String(Buffer.byteLength(displayText(value)))} bytes`;
}

/** Where the original's values start, counted from 0. */
const valueColumn = 25;

function row(label: string, value: string): string {
  return `${label.padEnd(valueColumn - 2)}  ${value}`.trimEnd();
}
