/** A media type of an `Accept` header. Type, subtype and names of parameters are in lower case. */
export interface MediaType {
  readonly type: string;
  readonly subtype: string;
  /** In the order of the header. Values are unchanged, including quotes. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
}

/**
 * Parses an `Accept` header like Spring's `MediaType.parseMediaTypes`: empty entries and parameters
 * without a value are ignored, and `*` means any type.
 *
 * @returns undefined if an entry is invalid; empty for an empty or missing header.
 */
export function parseMediaTypes(header: string | undefined): readonly MediaType[] | undefined {
  const types: MediaType[] = [];
  for (const entry of (header ?? '').split(',')) {
    if (entry.trim() === '') continue;
    const type = parseMediaType(entry);
    if (!type) return undefined;
    types.push(type);
  }
  return types;
}

function parseMediaType(entry: string): MediaType | undefined {
  const [name = '', ...rest] = entry.split(';').map((part) => part.trim());
  const full = name === '*' ? '*/*' : name.toLowerCase();
  const [, type = '', subtype = ''] = /^([^/]+)\/([^/]+)$/.exec(full) ?? [];
  if (!isToken(type) || !isToken(subtype) || (type === '*' && subtype !== '*')) return undefined;
  const parameters = rest
    .filter((part) => part.includes('='))
    .map((part): [string, string] => {
      const index = part.indexOf('=');
      return [part.slice(0, index).trim().toLowerCase(), part.slice(index + 1).trim()];
    });
  return parameters.every(isValidParameter) ? { type, subtype, parameters } : undefined;
}

/** Whether the text is a token of HTTP. @see RFC 2616, section 2.2 */
function isToken(text: string): boolean {
  return /^[!#$%&'*+.^_`|~\w-]+$/.test(text);
}

function isValidParameter([name, value]: readonly [string, string]): boolean {
  if (!isToken(name)) return false;
  if (name === 'q') return Number(unquote(value)) >= 0 && Number(unquote(value)) <= 1;
  if (name === 'charset') return isKnownCharset(unquote(value));
  return /^".*"$/.test(value) || isToken(value);
}

/** Whether the charset is known. The real server rejects media types with unknown charsets. */
export function isKnownCharset(name: string): boolean {
  try {
    return Boolean(new TextDecoder(name));
  } catch {
    return false;
  }
}

/** Whether the real server reads a body of this content type as JSON. */
export function isJsonType(contentType: string | undefined): boolean {
  const { type, subtype = '' } = parseMediaType(contentType ?? '') ?? {};
  return type === 'application' && /^(.+\+)?json$/.test(subtype);
}

function unquote(value: string): string {
  return value.replace(/^(["'])(.*)\1$/, '$2');
}

export function isConcrete({ type, subtype }: MediaType): boolean {
  return type !== '*' && !isWildcardSubtype(subtype);
}

function isWildcardSubtype(subtype: string): boolean {
  return subtype === '*' || subtype.startsWith('*+');
}

/**
 * Whether one of the types includes the other. A wildcard can be limited to a suffix (`*+json`).
 */
export function areCompatible(a: MediaType, b: MediaType): boolean {
  if (a.type === '*' || b.type === '*') return true;
  if (a.type !== b.type) return false;
  if (a.subtype === b.subtype) return true;
  if (!isWildcardSubtype(a.subtype) && !isWildcardSubtype(b.subtype)) return false;
  const suffixes = [a, b].map(({ subtype }) => /\+([^+]*)$/.exec(subtype)?.[1]);
  if (suffixes[0] !== suffixes[1]) return false;
  return suffixes[0] === undefined || a.subtype.startsWith('*+') || b.subtype.startsWith('*+');
}

/** Sorts by quality; types of the same quality are sorted by specificity. */
export function sortByQuality(types: readonly MediaType[]): readonly MediaType[] {
  return types.toSorted((a, b) => quality(b) - quality(a) || compareSpecificity(a, b));
}

/** Sorts wildcards to the end; types that are equally specific are sorted by quality. */
export function sortBySpecificity(types: readonly MediaType[]): readonly MediaType[] {
  return types.toSorted((a, b) => compareSpecificity(a, b) || quality(b) - quality(a));
}

function compareSpecificity(a: MediaType, b: MediaType): number {
  const [first, second] = [Number(a.type === '*'), Number(b.type === '*')];
  if (first !== second) return first - second;
  if (a.type !== b.type) return 0;
  return Number(isWildcardSubtype(a.subtype)) - Number(isWildcardSubtype(b.subtype));
}

function quality({ parameters }: MediaType): number {
  const value = parameters.find(([name]) => name === 'q')?.[1];
  return value === undefined ? 1 : Number(unquote(value));
}

export function withoutQuality({ parameters, ...type }: MediaType): MediaType {
  return { ...type, parameters: parameters.filter(([name]) => name !== 'q') };
}

/**
 * Formats a type like Tomcat, with the charset at the end and without its quotes.
 *
 * @param charset - added if the type does not have one.
 */
export function formatMediaType(
  { type, subtype, parameters }: MediaType,
  charset?: string,
): string {
  const own = parameters.find(([name]) => name === 'charset')?.[1];
  const last = own === undefined ? charset : unquote(own);
  const others = parameters
    .filter(([name]) => name !== 'charset')
    .map(([name, value]) => `${name}=${value}`);
  return [`${type}/${subtype}`, ...others, ...(last === undefined ? [] : [`charset=${last}`])].join(
    ';',
  );
}
