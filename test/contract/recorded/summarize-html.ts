/** The parts of a page that a client can depend on. Layout and styles are not compared. */
export interface PageSummary {
  readonly title: string;
  readonly headings: readonly string[];
  /** Texts of errors and notices. */
  readonly alerts: readonly string[];
  /** Each form as `METHOD ACTION: fields`, for example `post /login.do: username:text`. */
  readonly forms: readonly string[];
}

/** Reads the title, headings, alerts and forms of a page. */
export function summarizeHtml(html: string): PageSummary {
  return {
    title: toText(/<title[^>]*>(.*?)<\/title>/is.exec(html)?.[1] ?? ''),
    headings: findAll(html, /<h[1-3][^>]*>(.*?)<\/h[1-3]>/gis).map(toText),
    alerts: findAll(
      html,
      /<(?:div|p|span)[^>]*class="[^"]*\b(?:alert|error|error-message)\b[^"]*"[^>]*>(.*?)<\/(?:div|p|span)>/gis,
    ).map(toText),
    forms: [...html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gis)].map(
      ([, attributes = '', content = '']) =>
        `${readAttribute(attributes, 'method') ?? 'get'} ${readAttribute(attributes, 'action') ?? ''}: ` +
        findAll(content, /<((?:input|select|textarea|button)\b[^>]*)>/gi)
          .map(summarizeField)
          .filter((field) => field !== '')
          .join(', '),
    ),
  };
}

/** @returns `name:type`, or an empty text for a field without a name, which is not sent. */
function summarizeField(tag: string): string {
  const name = readAttribute(tag, 'name');
  return name === undefined ? '' : `${name}:${readAttribute(tag, 'type') ?? 'text'}`;
}

function readAttribute(tag: string, name: string): string | undefined {
  const [, double, single] = new RegExp(`\\b${name}=(?:"([^"]*)"|'([^']*)')`, 'i').exec(tag) ?? [];
  return double ?? single;
}

function findAll(html: string, pattern: RegExp): string[] {
  return [...html.matchAll(pattern)].map(([, content = '']) => content);
}

function toText(html: string): string {
  return html
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
