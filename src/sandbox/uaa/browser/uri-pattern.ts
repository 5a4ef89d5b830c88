/**
 * Whether a URI matches a registered one with wildcards: `*` matches a part of a path segment, and `**`
 * any path.
 */
export function matchesUriPattern(pattern: string, uri: string): boolean {
  const parts = pattern.split(/(\*\*|\*)/).map((part) => {
    if (part === '**') return '.*';
    return part === '*' ? '[^/]*' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`).test(uri);
}
