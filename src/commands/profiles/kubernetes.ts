import { dirname, resolve } from 'node:path';
import {
  createKubernetesProfiles,
  type KubernetesProfile,
  type ProfileRequest,
} from '../../api/pks/profiles.js';
import { errorMessage } from '../../base/errors.js';
import { toDisplayText, isObject } from '../../base/json-value.js';
import { Secret } from '../../base/secret.js';
import { readInputFile, type FileInput } from '../../platform/input/input-file.js';
import {
  nonBlankText,
  list as listOf,
  object,
  optional,
  record,
  text,
  withRule,
  validate,
} from '../../platform/input/schema.js';
import { readReferencedFile } from '../../platform/input/user-file.js';
import type { Line } from '../../platform/terminal/lines.js';
import { createTimeFormatter, type FormatTime, toDate } from '../format-time.js';
import { ageColumn } from '../resource/list.js';
import { profileCommands } from './profile-commands.js';

const time = createTimeFormatter('');

/** The table of the `pks` CLI. @see docs/contributing/servers/pks-cli.md#profiles */
export const { list, show, create, remove } = profileCommands({
  plural: 'kubernetes-profiles',
  label: 'Kubernetes profile',
  contents: 'settings of Kubernetes components',
  examples: { show: 'audited', file: 'kubernetes-profile.json' },
  fileNote: 'Also sends the files listed under file-arguments (paths relative to this file). ',
  resource: createKubernetesProfiles,
  columns: [
    { head: 'K8s-profile', cell: ({ name }) => name },
    { head: 'Owner', cell: ({ owner }) => owner ?? '' },
    { head: 'Created Date', cell: ({ created_at }) => time(created_at) },
    { head: 'Description', cell: ({ description }) => description ?? '', wide: true },
  ],
  terminalColumns: [
    { head: 'Name', key: 'k8s-profile', cell: ({ name }) => name },
    { head: 'Owner', cell: ({ owner }) => owner ?? '' },
    { head: 'Description', cell: ({ description }) => description ?? '', wide: true },
    {
      ...ageColumn(({ created_at }: KubernetesProfile) => toDate(created_at)),
      key: 'created-date',
    },
  ],
  formatDetails: (profile) => formatKubernetesProfile(profile, time),
  readFile: readKubernetesProfile,
});

/** Formats a Kubernetes profile like the `pks` CLI. @see docs/contributing/servers/pks-cli.md#profiles */
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

const blocks = ['customizations', 'experimental_customizations'] as const;
const fileArguments = 'file-arguments';

/**
 * Reads a Kubernetes profile from a file. The paths under `file-arguments`, which are relative to the
 * profile, are replaced with the contents of those files. If it is on stdin, they are relative to the
 * current folder.
 * @throws {TpksError} `usage` with all problems and their line numbers
 * @see docs/contributing/servers/pks-api.md#profiles
 */
export async function readKubernetesProfile(input: FileInput): Promise<ProfileRequest> {
  const contents = new Map<string, string>();
  const readContent = (file: string): void => {
    if (contents.has(file)) return;
    const content = readReferencedFile(resolve(dirname(input.path), file));
    registerSecrets(content);
    contents.set(file, content);
  };
  const profile = validate(await readInputFile(input), profileSchema(readContent));
  const completedBlocks = blocks.flatMap((block): [string, unknown][] => {
    const customizations = profile[block] ?? undefined;
    return customizations === undefined
      ? []
      : [[block, customizations.map((item) => insertContents(item, contents))]];
  });
  return { ...profile, ...Object.fromEntries(completedBlocks) };
}

/** @param readContent - throws if a file cannot be read. */
function profileSchema(readContent: (file: string) => void) {
  const file = withRule(nonBlankText, (value, report) => {
    if (typeof value !== 'string' || value.trim() === '') return;
    try {
      readContent(value);
    } catch (error) {
      report([], `names a file that cannot be read. ${errorMessage(error)}`);
    }
  });
  const customizations = listOf(
    object({
      component: nonBlankText,
      // The API accepts only strings, even for numbers and booleans.
      arguments: optional(record(text)),
      [fileArguments]: optional(record(file)),
    }),
  );
  const profile = object({
    name: nonBlankText,
    description: optional(text),
    customizations: optional(customizations),
    experimental_customizations: optional(customizations),
  });
  return withRule(profile, (value, report) => {
    if (isObject(value) && blocks.every((block) => (value[block] ?? null) === null)) {
      report([], `has neither ${blocks.join(' nor ')}`);
    }
  });
}

function insertContents(
  customization: Readonly<Record<string, unknown>>,
  contents: ReadonlyMap<string, string>,
): unknown {
  const files = customization[fileArguments];
  if (!isObject(files)) return customization;
  const entries = Object.entries(files).map(([key, file]) => [key, contents.get(String(file))]);
  return { ...customization, [fileArguments]: Object.fromEntries(entries) as object };
}

/** Matches a value that follows a word such as `password` or `token`. */
const namedSecret = /\b\w*(?:secret|password|token|key)\w*["']?\s*[:=]\s*["']?([^\s"',]{8,512})/gi;

const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----([\s\S]*?)-----END/g;

/** With more secrets, redacting each line of a trace would take too long. */
const maximumSecrets = 200;

/** Traces and errors then hide the secrets. Files for arguments may contain keys, e.g. for etcd. */
function registerSecrets(content: string): void {
  const values = [...content.matchAll(namedSecret)].map(([, value = '']) => value);
  const lines = [...content.matchAll(privateKey)].flatMap(([, body = '']) =>
    body.split('\n').filter((line) => line.trim().length >= 16),
  );
  // Creating a secret registers it.
  for (const value of [...values, ...lines].slice(0, maximumSecrets)) new Secret(value.trim());
}
