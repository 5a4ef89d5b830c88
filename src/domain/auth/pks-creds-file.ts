import { statSync } from 'node:fs';
import { lstat, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { geteuid } from 'node:process';
import * as v from 'valibot';
import { errorMessage, isTpksError, TpksError } from '../../base/errors.js';
import { Secret } from '../../base/secret.js';
import { alwaysQuoteForShell } from '../../base/shell-quote.js';
import type { ContextSettings } from '../../platform/config/settings.js';
import { replaceFile, removeTemporaryFiles } from '../../platform/disk/atomic-file.js';
import { readText, userFileOptions } from '../../platform/disk/bounded-read.js';
import {
  type Alternative,
  diskError,
  ignoreMissing,
  isMissing,
  withDiskErrors,
} from '../../platform/disk/disk-error.js';
import {
  ensureFolder,
  isAccessibleToOthers,
  rejectSharedFolder,
} from '../../platform/disk/private-files.js';
import { extractCertificates } from '../../platform/input/ca-cert.js';
import { createLineFinder } from '../../platform/input/parsed-text.js';
import { flag, object, optional, text } from '../../platform/input/schema.js';
import { formatYamlText, parseYaml } from '../../platform/input/yaml.js';

/**
 * The session that the original CLI stores in `creds.yml`.
 * @see docs/contributing/servers/pks-cli.md#session-file
 */
export interface PksCreds {
  /** `https://HOST`, without the port: the API is on port 9021 and the UAA is on port 8443. */
  readonly api: string;
  /** CA certificates as PEM, not a path; `undefined` to use the system CAs. */
  readonly caCert: string | undefined;
  /** Name of the user or client; empty if the original CLI did not know it. */
  readonly username: string;
  readonly skipSslVerification: boolean;
  /** `undefined` after `pks logout`. */
  readonly accessToken: Secret | undefined;
  /** `undefined` for a client. */
  readonly refreshToken: Secret | undefined;
}

/** What the hints suggest instead of a `creds.yml` that cannot be used. */
const otherPksHome: Alternative = { folderVariable: 'PKS_HOME' };

export type PksCredsOwner = Pick<ContextSettings, 'api' | 'identity'>;

/** Spaces or line breaks could add a header to a request. @see RFC 6750, section 2.1 */
const token = v.pipe(
  text,
  v.regex(/^[\x21-\x7e]*$/, 'contains characters that are not allowed in a token'),
  v.transform((value) => (value === '' ? undefined : new Secret(value))),
);

const certificates = v.pipe(
  text,
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    try {
      return dataset.value === '' ? undefined : extractCertificates(dataset.value);
    } catch (error) {
      addIssue({ message: `is invalid: ${errorMessage(error)}` });
      return NEVER;
    }
  }),
);

const credsSchema = object({
  api: v.pipe(
    text,
    v.check(isHttpsAddress, 'must be the address of an API, e.g. https://api.example.com'),
  ),
  ca_cert: optional(certificates),
  username: optional(text),
  skip_ssl_verification: optional(flag),
  access_token: optional(token),
  refresh_token: optional(token),
});

/** @throws {TpksError} `usage` with the file and line for an unknown format. Contains no value of the file. */
export function parsePksCreds(content: string, path: string): PksCreds {
  const lineAt = createLineFinder(content);
  const { value, problems, offsetOf } = parseYaml(content);
  const [problem] = [...problems].sort((one, other) => one.offset - other.offset);
  if (problem !== undefined) {
    throw invalidFileError(path, lineAt(problem.offset), problem.safeText);
  }
  if (value === null) throw invalidFileError(path, 1, 'the file is empty');
  const result = v.safeParse(credsSchema, value);
  if (!result.success) {
    const [{ path: issuePath = [], message }] = result.issues;
    const [key] = issuePath.map((item) => String(item.key));
    throw key === undefined
      ? invalidFileError(path, 1, `the file ${message}`)
      : invalidFileError(path, lineAt(offsetOf([key])), `${key} ${message}`);
  }
  const { output } = result;
  return {
    api: output.api,
    caCert: output.ca_cert ?? undefined,
    username: output.username ?? '',
    skipSslVerification: output.skip_ssl_verification ?? false,
    accessToken: output.access_token ?? undefined,
    refreshToken: output.refresh_token ?? undefined,
  };
}

function isHttpsAddress(address: string): boolean {
  const url = /^[a-z][a-z\d+.-]*:\/\//i.test(address) ? address : `https://${address}`;
  return URL.canParse(url) && new URL(url).protocol === 'https:';
}

function invalidFileError(path: string, line: number, problem: string): TpksError {
  return new TpksError('usage', `${path}, line ${line}: ${problem}`, {
    hint: `correct the file, or delete it and log in again: rm ${alwaysQuoteForShell(path)}`,
  });
}

/** Formats the content of `creds.yml`, with the keys and in the order of the original CLI. */
export function formatPksCreds(creds: PksCreds): string {
  const { api, caCert, username, skipSslVerification, accessToken, refreshToken } = creds;
  return [
    `api: ${formatText(api)}`,
    `ca_cert: ${formatText(caCert ?? '')}`,
    `username: ${formatText(username)}`,
    `skip_ssl_verification: ${String(skipSslVerification)}`,
    `access_token: ${formatText(accessToken?.reveal() ?? '')}`,
    `refresh_token: ${formatText(refreshToken?.reveal() ?? '')}`,
    '',
  ].join('\n');
}

function formatText(value: string): string {
  // PEM is the only multi-line value.
  if (/^-----BEGIN [^]*\n$/.test(value)) return `|\n${value.trimEnd().replace(/^/gm, '  ')}`;
  return formatYamlText(value);
}

/**
 * Reads `creds.yml`; `undefined` if it does not exist.
 * @throws {TpksError} `storage` if it cannot be read; `usage` if it has an unknown format.
 */
export function readPksCreds(path: string): PksCreds | undefined {
  let content: string;
  try {
    content = readText(path, { maximumBytes: userFileOptions.maximumBytes });
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw diskError(error, 'read', path, otherPksHome);
  }
  return parsePksCreds(content, path);
}

/**
 * Replaces `creds.yml` atomically with a file that only this user can read.
 * @throws {TpksError} `storage`, including if other users can write to the folder, or if the file is a
 *   symbolic link, because the tokens could end up in a repository of configuration files.
 */
export async function writePksCreds(path: string, creds: PksCreds): Promise<void> {
  const write = async () => {
    ensureFolder(dirname(path));
    rejectSharedFolder(dirname(path), otherPksHome);
    await rejectSpecialFile(path);
    await replaceFile(path, formatPksCreds(creds));
  };
  await withDiskErrors('write', path, write, otherPksHome);
}

/**
 * Deletes the file unless it belongs to another identity, and temporary files of killed processes.
 * @returns whether the file was deleted.
 * @throws {TpksError} `storage` if it cannot be deleted, or is not a regular file.
 */
export async function removePksCreds(owner: PksCredsOwner, path: string): Promise<boolean> {
  const remove = async () => {
    // Temporary files may contain tokens, even if `creds.yml` does not exist.
    await ignoreMissing(() => {
      removeTemporaryFiles(path, 'stale');
    });
    if (!isCopyOf(owner, path)) return false;
    const removed = await ignoreMissing(async () => {
      await rejectSpecialFile(path);
      await rm(path);
      return true;
    });
    return removed ?? false;
  };
  return withDiskErrors('write', path, remove, otherPksHome);
}

/** Whether the file exists, and the original CLI has not replaced it with another session. */
export function isCopyOf(owner: PksCredsOwner, path: string): boolean {
  try {
    const copy = readPksCreds(path);
    return copy !== undefined && isSameIdentity(copy, owner);
  } catch (error) {
    if (!isTpksError(error)) throw error;
    // An unreadable file may still contain tokens.
    return true;
  }
}

/** Whether a file contains the session of this user or client at this host. */
export function isSameIdentity(copy: PksCreds, { api, identity }: PksCredsOwner): boolean {
  if (api === undefined || withoutPort(copy.api) !== withoutPort(api)) return false;
  // The UAA ignores the case of usernames.
  return copy.username === '' || copy.username.toLowerCase() === identity.toLowerCase();
}

/** Formats the address of an API for `creds.yml`: without the port. */
export function withoutPort(api: string): string {
  return `https://${new URL(api.includes('://') ? api : `https://${api}`).hostname}`;
}

/**
 * Checks whether other users can read or replace the tokens in a file of `pks` or `uaac`.
 * @returns the problem and the command that fixes it; always `undefined` on Windows.
 */
export function findTokenFileProblem(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  const user = geteuid?.();
  if (stats === undefined || user === undefined) return undefined;
  const quotedPath = alwaysQuoteForShell(path);
  if (stats.uid !== user) {
    const owner = `belongs to another user (uid ${String(stats.uid)})`;
    return `${path} ${owner}; to fix it: sudo chown ${String(user)} ${quotedPath}`;
  }
  if (!isAccessibleToOthers(stats.mode)) return undefined;
  return `other users can access the tokens in ${path}; to fix it: chmod 600 ${quotedPath}`;
}

async function rejectSpecialFile(path: string): Promise<void> {
  const stats = await ignoreMissing(() => lstat(path));
  if (stats === undefined || stats.isFile()) return;
  const kind = stats.isSymbolicLink() ? 'a symbolic link' : 'not a regular file';
  throw new TpksError('storage', `Cannot write ${path}: it is ${kind}`, {
    hint: 'delete it, or set PKS_HOME to another folder',
  });
}
