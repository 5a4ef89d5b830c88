import { isIP } from 'node:net';

/** The host that a connection for a URL is opened to. */
export interface Endpoint {
  /** In the form that sockets accept: IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** For TLS, which accepts only names: empty for an IP address. @see RFC 6066, section 3 */
  readonly servername: string;
}

export function parseEndpoint(url: string): Endpoint {
  const { protocol, hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  return {
    host,
    port: Number(port || (protocol === 'http:' ? 80 : 443)),
    servername: isIP(host) === 0 ? host : '',
  };
}
