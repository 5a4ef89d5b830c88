const matchers = new Map<string, RegExp>();

/**
 * Whether a path matches an Ant pattern of Spring: `*` matches a part of a segment, `**` any number
 * of segments. A trailing slash is significant.
 */
export function matchesAntPath(pattern: string, path: string): boolean {
  let matcher = matchers.get(pattern);
  if (!matcher) {
    matcher = createMatcher(pattern);
    matchers.set(pattern, matcher);
  }
  return matcher.test(path);
}

function createMatcher(pattern: string): RegExp {
  const source = pattern.replace(/\/\*\*(?=\/|$)|\*+|[.?+^$()[\]{}|\\]/g, (part) => {
    if (part === '/**') return '(?:/.*)?';
    return part.startsWith('*') ? '[^/]*' : `\\${part}`;
  });
  return new RegExp(`^${source}$`);
}
