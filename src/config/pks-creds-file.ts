import * as v from 'valibot';
import { errorMessage, TpksError } from '../errors.js';
import { createLineFinder } from '../input/input-file.js';
import { withoutExcerpt } from '../input/problems.js';
import { flag, object, optional, text } from '../input/schema.js';
import { parseYaml } from '../input/yaml.js';
import { formatYamlText } from '../input/yaml-text.js';
import { Secret } from '../secret.js';
import { alwaysQuoteForShell } from '../shell-quote.js';
import { extractCertificates } from './ca-cert.js';

/**
 * The session that the original CLI stores in `creds.yml`.
 * @see pks-cli, section 4.1
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

/** Spaces or line breaks could add a header to a request. @see RFC 6750, section 2.1 */
const token = v.pipe(
  text,
  v.regex(/^[\x21-\x7e]*$/, 'contains characters that are not allowed in a token'),
);

const credsSchema = object({
  api: v.pipe(
    text,
    v.check(isHttpsAddress, 'must be the address of an API, e.g. https://api.example.com'),
  ),
  ca_cert: optional(
    v.pipe(
      text,
      v.rawCheck(({ dataset, addIssue }) => {
        const message = dataset.typed ? findCertificateProblem(dataset.value) : undefined;
        if (message !== undefined) addIssue({ message });
      }),
    ),
  ),
  username: optional(text),
  skip_ssl_verification: optional(flag),
  access_token: optional(token),
  refresh_token: optional(token),
});

/**
 * Parses the content of `creds.yml`.
 * @param path - for error messages.
 * @throws {TpksError} `usage` with the file and the line if it does not have the format of the original
 *   CLI. The message contains no value from the file.
 */
export function parsePksCreds(content: string, path: string): PksCreds {
  const lineAt = createLineFinder(content);
  const { value, problems, offsetOf } = parseYaml(content);
  const [problem] = [...problems].sort((one, other) => one.offset - other.offset);
  if (problem !== undefined) {
    throw invalidFileError(path, lineAt(problem.offset), withoutExcerpt(problem.text));
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
  const { api, ca_cert, username, skip_ssl_verification, ...tokens } = result.output;
  return {
    api,
    caCert: ca_cert ? extractCertificates(ca_cert) : undefined,
    username: username ?? '',
    skipSslVerification: skip_ssl_verification ?? false,
    accessToken: toSecret(tokens.access_token),
    refreshToken: toSecret(tokens.refresh_token),
  };
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

function isHttpsAddress(address: string): boolean {
  const url = /^[a-z][a-z\d+.-]*:\/\//i.test(address) ? address : `https://${address}`;
  return URL.canParse(url) && new URL(url).protocol === 'https:';
}

/** @returns `undefined` if the certificates are valid or the string is empty. */
function findCertificateProblem(pem: string): string | undefined {
  if (pem === '') return undefined;
  try {
    extractCertificates(pem);
    return undefined;
  } catch (error) {
    return `is invalid: ${errorMessage(error)}`;
  }
}

function toSecret(value: string | null | undefined): Secret | undefined {
  return value ? new Secret(value) : undefined;
}

function invalidFileError(path: string, line: number, problem: string): TpksError {
  return new TpksError('usage', `${path}, line ${line}: ${problem}`, {
    hint: `correct the file, or delete it and log in again: rm ${alwaysQuoteForShell(path)}`,
  });
}

function formatText(value: string): string {
  // PEM is the only multi-line value.
  if (/^-----BEGIN [^]*\n$/.test(value)) return `|\n${value.trimEnd().replace(/^/gm, '  ')}`;
  return formatYamlText(value);
}
