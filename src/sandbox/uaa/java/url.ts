const defaultSchemes = ['http', 'https', 'ftp', 'file', 'mailto', 'jar', 'jrt', 'jmod'];

/**
 * Parses a URL like Java, which accepts most characters, but only some schemes.
 *
 * @returns the URL as Java formats it; undefined if it is invalid.
 */
export function normalizeJavaUrl(text: string): string | undefined {
  const trimmed = text.trim().replace(/^url:/i, '');
  const [, name, rest = ''] = /^([a-z][a-z\d+.-]*):(.*)$/is.exec(trimmed) ?? [];
  const scheme = name?.toLowerCase();
  if (scheme === undefined || !defaultSchemes.includes(scheme)) return undefined;
  if (scheme === 'jar' && !isJarPath(rest)) return undefined;
  const [, authority, path = ''] = /^\/\/([^/?#]*)(.*)$/s.exec(rest) ?? [];
  if (authority === undefined || scheme === 'mailto') return `${scheme}:${rest}`;
  if (!isValidAuthority(authority)) return undefined;
  return `${scheme}:${authority === '' ? '' : `//${authority}`}${path}`;
}

/** The path of a `jar` URL is the URL of a file, followed by `!/` and a path in this file. */
function isJarPath(path: string): boolean {
  const end = path.lastIndexOf('!/');
  return end >= 0 && normalizeJavaUrl(path.slice(0, end)) !== undefined;
}

/** The port can be any number, including -1, but not other text. */
function isValidAuthority(authority: string): boolean {
  const host = authority.slice(authority.indexOf('@') + 1);
  if (host.startsWith('[')) return /^\[[\da-f:.]*:[\da-f:.]*(%[^\]]*)?\](:(-1|\d+)?)?$/i.test(host);
  const [, port] = /:(.*)$/s.exec(host) ?? [];
  return port === undefined || /^(-1|\+?\d+)?$/.test(port);
}
