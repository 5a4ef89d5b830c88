/**
 * Whether the start and end tags of an XML text match. The content of the tags is not checked.
 * Documents with a document type are rejected.
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
