/**
 * Whether a path matches a pattern of Spring's `AntPathMatcher`: `?` matches one character, `*` any
 * number of characters in a segment, and `**` any number of segments. Empty segments are ignored.
 *
 * @see Spring 4.3 `AntPathMatcher`
 */
export function matchesAntPath(pattern: string, path: string): boolean {
  if (pattern.startsWith('/') !== path.startsWith('/')) return false;
  const [patterns, segments] = [split(pattern), split(path)];
  const isDirectory = path.endsWith('/');
  if (!matchSegments(patterns, segments)) {
    // A wildcard at the end also matches an empty segment.
    return isDirectory && patterns.at(-1) === '*' && matchSegments(patterns.slice(0, -1), segments);
  }
  return patterns.includes('**') || pattern.endsWith('/') === isDirectory;
}

function split(path: string): readonly string[] {
  return path.split('/').filter((segment) => segment !== '');
}

function matchSegments(patterns: readonly string[], segments: readonly string[]): boolean {
  const [pattern, ...otherPatterns] = patterns;
  const [segment, ...otherSegments] = segments;
  if (pattern === undefined) return segment === undefined;
  if (pattern === '**' && matchSegments(otherPatterns, segments)) return true;
  if (segment === undefined) return false;
  if (pattern === '**') return matchSegments(patterns, otherSegments);
  return matchesSegment(pattern, segment) && matchSegments(otherPatterns, otherSegments);
}

function matchesSegment(pattern: string, segment: string): boolean {
  if (pattern === '*' || pattern === segment) return true;
  if (!/[*?]/.test(pattern)) return false;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/[*?]/g, (wildcard) => (wildcard === '*' ? '.*' : '.'));
  return new RegExp(`^${source}$`, 's').test(segment);
}
