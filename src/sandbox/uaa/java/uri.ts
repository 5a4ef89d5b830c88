/** Whether Java's `URI` can parse the text. */
export function isJavaUri(text: string): boolean {
  if (/[\s"<>\\^`{|}\u0000-\u001f\u007f]|%(?![\da-f]{2})|#.*#/i.test(text)) return false;
  const [, scheme = '', rest = ''] = /^([^:/?#]*:)?(.*)$/s.exec(text) ?? [];
  if (scheme !== '' && !/^[a-z][a-z\d+.-]*:$/i.test(scheme)) return false;
  if (scheme !== '' && (rest === '' || rest.startsWith('#'))) return false;
  const authority = /^\/\/([^/?#]*)/.exec(rest)?.[1];
  if (authority === '' && !/^\/\/\//.test(rest)) return false;
  if (authority === undefined || !/[[\]]/.test(authority)) return !/^[^?#]*[[\]]/.test(rest);
  return /^([^@[\]]*@)?\[[\da-f:.%]+\](:\d*)?$/i.test(authority);
}
