import { BlockList, isIP } from 'node:net';

/**
 * Whether a host is reached without the proxy, by the rules of Go, which `pks` and `kubectl` are
 * written in. This machine always is. An entry of the list is a domain (with its subdomains; after a
 * leading dot, only those), an IP address or an address range, optionally with a port, or `*` for all.
 * @param host - in the form that sockets accept: IPv6 without brackets.
 * @param noProxy - as in `NO_PROXY`.
 * @see https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config
 */
export function isProxyBypassed(host: string, port: number, noProxy: string): boolean {
  if (host === 'localhost' || isWithin(host, '127.0.0.0/8') || isWithin(host, '::1')) return true;
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => entry === '*' || isCoveredBy(entry, host, port));
}

function isCoveredBy(entry: string, host: string, port: number): boolean {
  // With more than one colon it is an IPv6 address, whose last part is not a port.
  const [, named, only] = /^(\[.+\]|[^:]+):(\d+)$/.exec(entry) ?? [];
  if (only !== undefined && Number(only) !== port) return false;
  const name = (named ?? entry).replace(/^\[(.+)\]$/, '$1');
  if (isIP(host) !== 0) return isWithin(host, name);
  const below = name.replace(/^\*?(?=\.)/, '');
  return below.startsWith('.') ? host.endsWith(below) : `.${host}`.endsWith(`.${below}`);
}

/** @param range - an IP address, optionally followed by a slash and a prefix length. */
function isWithin(host: string, range: string): boolean {
  const [address = '', bits] = range.split('/', 2);
  const family = isIP(address);
  if (family === 0 || family !== isIP(host)) return false;
  const all = family === 4 ? 32 : 128;
  const prefix = bits === undefined ? all : /^\d{1,3}$/.test(bits) ? Number(bits) : Infinity;
  if (prefix > all) return false;
  const name = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(address, prefix, name);
  return list.check(host, name);
}
