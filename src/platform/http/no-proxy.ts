import { BlockList, isIP } from 'node:net';

/**
 * Whether connections to a host do not use the proxy. Follows the rules of Go, because `pks` and
 * `kubectl` are written in Go. Connections to this machine never use the proxy. An entry of the list is
 * a domain (which includes its subdomains; with a leading dot, only the subdomains), an IP address or
 * an address range, optionally with a port, or `*` for all hosts.
 * @param host - in the form that sockets accept: IPv6 without brackets.
 * @param noProxy - value of `NO_PROXY`.
 * @see https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config
 */
export function isProxyBypassed(host: string, port: number, noProxy: string): boolean {
  if (host === 'localhost' || isWithin(host, '127.0.0.0/8') || isWithin(host, '::1')) return true;
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => entry === '*' || isMatchedBy(entry, host, port));
}

function isMatchedBy(entry: string, host: string, port: number): boolean {
  // An entry with more than one colon is an IPv6 address, whose last part is not a port.
  const [, hostPart, portPart] = /^(\[.+\]|[^:]+):(\d+)$/.exec(entry) ?? [];
  if (portPart !== undefined && Number(portPart) !== port) return false;
  const name = (hostPart ?? entry).replace(/^\[(.+)\]$/, '$1');
  if (isIP(host) !== 0) return isWithin(host, name);
  const domain = name.replace(/^\*?(?=\.)/, '');
  return domain.startsWith('.') ? host.endsWith(domain) : `.${host}`.endsWith(`.${domain}`);
}

/** @param range - an IP address, optionally followed by a slash and a prefix length. */
function isWithin(host: string, range: string): boolean {
  const [address = '', bits] = range.split('/', 2);
  const family = isIP(address);
  if (family === 0 || family !== isIP(host)) return false;
  const addressBits = family === 4 ? 32 : 128;
  const prefix =
    bits === undefined ? addressBits : /^\d{1,3}$/.test(bits) ? Number(bits) : Infinity;
  if (prefix > addressBits) return false;
  const familyName = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(address, prefix, familyName);
  return list.check(host, familyName);
}
