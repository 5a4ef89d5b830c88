import { isIPv6 } from 'node:net';
import { TpksError } from '../../base/errors.js';
import type { ClusterEntries } from './kubeconfig/entries.js';

/**
 * Replaces a server whose hostname is not in DNS. The certificate is still checked against the original host.
 * @param replacement - the value of `--server`: a URL with https, or a host with an optional port.
 * @throws {TpksError} `usage` for anything else.
 */
export function replaceServer(
  server: string,
  replacement: string | undefined,
): Pick<ClusterEntries, 'server' | 'tlsServerName'> {
  if (replacement === undefined) return { server };
  const original = new URL(server);
  const url = parseReplacement(replacement.trim(), original.port);
  return {
    server: url.href.replace(/\/$/, ''),
    tlsServerName:
      url.hostname === original.hostname ? undefined : original.hostname.replace(/^\[|\]$/g, ''),
  };
}

function parseReplacement(text: string, originalPort: string): URL {
  const isUrl = /^[a-z][a-z\d+.-]*:\/\//i.test(text);
  const address = isUrl ? text : `https://${isIPv6(text) ? `[${text}]` : text}`;
  if (text === '' || !URL.canParse(address)) throw invalidServerError(text);
  const url = new URL(address);
  const { protocol, username, password, pathname, search, hash } = url;
  const hasExtraParts = username !== '' || password !== '' || search !== '' || hash !== '';
  if (protocol !== 'https:' || hasExtraParts) throw invalidServerError(text);
  if (isUrl) return url;
  if (pathname !== '/') throw invalidServerError(text);
  // `URL` drops the default port 443, which must not be replaced by the original one.
  if (!/:443$/.test(address) && url.port === '') url.port = originalPort;
  return url;
}

function invalidServerError(text: string): TpksError {
  return new TpksError('usage', `Invalid value for --server: ${JSON.stringify(text)}`, {
    hint: 'use an IP address, as in --server 10.0.0.1, or a URL, as in --server https://10.0.0.1:8443',
  });
}
