import { isObject } from '../json-value.js';
import { TpksError } from '../errors.js';
import type { ClusterToken } from './id-token.js';

const group = 'client.authentication.k8s.io';
const versions = [`${group}/v1`, `${group}/v1beta1`] as const;

/** A version of the API between kubectl and credential plugins. */
export type CredentialVersion = (typeof versions)[number];

/** A request of a client such as kubectl to the plugin. */
export interface CredentialRequest {
  readonly apiVersion: CredentialVersion;
  /** Whether the user can be prompted on stdin. */
  readonly isInteractive: boolean;
}

/**
 * Reads the request of the client.
 * @param info - the value of `KUBERNETES_EXEC_INFO`; `undefined` if it is not set.
 * @throws {TpksError} `usage` if it is not JSON, or for an unknown version or kind.
 * @see client.authentication.k8s.io/v1, type ExecCredential
 */
export function parseCredentialRequest(info: string | undefined): CredentialRequest {
  if (info === undefined) {
    return { apiVersion: `${group}/v1beta1`, isInteractive: false };
  }
  const value = parseJson(info);
  const { apiVersion, kind, spec } = isObject(value) ? value : {};
  const version = versions.find((each) => each === apiVersion);
  if (version === undefined || kind !== 'ExecCredential') {
    throw infoError(`it has apiVersion ${toText(apiVersion)} and kind ${toText(kind)}`);
  }
  const isInteractive = isObject(spec) && spec['interactive'] === true;
  return { apiVersion: version, isInteractive };
}

/** Formats the response to the client, on one line with a final newline. */
export function formatExecCredential(
  apiVersion: CredentialVersion,
  { idToken, renewAt }: ClusterToken,
): string {
  const expirationTimestamp = renewAt.toISOString().replace(/\.\d+Z$/, 'Z');
  const status = { token: idToken.reveal(), expirationTimestamp };
  return `${JSON.stringify({ apiVersion, kind: 'ExecCredential', status })}\n`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw infoError('it is not JSON', error);
  }
}

function toText(value: unknown): string {
  return value === undefined ? 'undefined' : JSON.stringify(value);
}

function infoError(reason: string, cause?: unknown): TpksError {
  const supported = `tpks supports the kind ExecCredential of ${versions.join(' and ')}`;
  return new TpksError('usage', `Invalid KUBERNETES_EXEC_INFO: ${reason} (${supported})`, {
    hint: 'to repair the kubeconfig: tpks get-credentials CLUSTER',
    cause,
  });
}
