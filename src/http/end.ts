import { isIP } from 'node:net';

/** Where a connection for an address ends. */
export interface End {
  /** As a socket takes it: IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** For TLS, which knows names alone: empty for a bare address. @see RFC 6066, section 3 */
  readonly servername: string;
}

export function endOf(url: string): End {
  const { protocol, hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  return {
    host,
    port: Number(port || (protocol === 'http:' ? 80 : 443)),
    servername: isIP(host) === 0 ? host : '',
  };
}
