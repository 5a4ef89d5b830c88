/**
 * Whether a text matches a pattern of Spring's `AntPathMatcher`: `?` matches one character, `*` any
 * characters without a slash, and `**` any path.
 */
export function matchesAntPattern(pattern: string, text: string): boolean {
  const source = pattern
    .split(/(\/\*\*$|\*\*|\*|\?)/)
    .map((part) => translations[part] ?? part.replace(/[.+^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${source.join('')}$`, 's').test(text);
}

const translations: Readonly<Record<string, string>> = {
  '/**': '(?:/.*)?',
  '**': '.*',
  '*': '[^/]*',
  '?': '[^/]',
};
