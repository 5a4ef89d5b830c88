import { isIP } from 'node:net';

/** The host and port to connect to for a URL. */
export interface Endpoint {
  /** In the form that sockets accept: IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** Server name for TLS (SNI); empty for an IP address. @see RFC 6066, section 3 */
  readonly servername: string;
}

/** Returns the endpoint of a URL. */
export function parseEndpoint(url: string): Endpoint {
  const { protocol, hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  return {
    host,
    port: Number(port || (protocol === 'http:' ? 80 : 443)),
    servername: isIP(host) === 0 ? host : '',
  };
}
