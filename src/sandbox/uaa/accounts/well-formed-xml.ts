/**
 * Whether an XML document has exactly one root element, and its start and end tags match. This is
 * not a complete check. Documents with a DOCTYPE declaration are rejected.
 */
export function isWellFormedXml(text: string): boolean {
  if (/<!doctype/i.test(text)) return false;
  const open: string[] = [];
  let count = 0;
  const content = text.replace(/<\?.*?\?>|<!--.*?-->|<!\[CDATA\[.*?\]\]>/gs, '');
  for (const [, end, name = '', selfClosing] of content.matchAll(tagPattern)) {
    if (end) {
      if (open.pop() !== name) return false;
      continue;
    }
    if (open.length === 0) count += 1;
    if (!selfClosing) open.push(name);
  }
  return open.length === 0 && count === 1 && !/[<>]/.test(content.replace(tagPattern, ''));
}

const tagPattern = /<(\/)?([\w:.-]+)(?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*(\/)?>/g;
