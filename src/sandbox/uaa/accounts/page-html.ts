import { renderPage } from '../browser/pages.js';
import { escapeMarkup } from '../http/html-escape.js';

/** A field of a form. */
export interface Field {
  readonly name: string;
  readonly type: 'hidden' | 'text' | 'email' | 'password';
  readonly value?: string | null | undefined;
  readonly label?: string;
  /**
   * Whether the attribute `name` comes before `type`. Scripts that parse pages rely on the order.
   */
  readonly isNameFirst?: boolean;
}

/** @param token - value of the hidden field; undefined for forms without CSRF protection. */
export function renderCsrfField(token: string | undefined): string {
  return token === undefined
    ? ''
    : renderField({ name: 'X-Uaa-Csrf', type: 'hidden', value: token });
}

interface Form {
  readonly action: string;
  readonly csrfToken: string | undefined;
  /** HTML above the fields. */
  readonly alert?: string;
  readonly fields: readonly Field[];
  /** Text of the submit button. */
  readonly submit: string;
}

export function renderForm({ action, csrfToken, alert = '', fields, submit }: Form): string {
  return `<form action="${action}" method="post" novalidate="novalidate">
    ${renderCsrfField(csrfToken)}${alert}
    ${fields.map(renderField).join('\n    ')}
    <input type="submit" value="${submit}" class="island-button"/>
  </form>`;
}

function renderField({ name, type, value, label, isNameFirst }: Field): string {
  const text = label === undefined ? '' : ` placeholder="${label}" aria-label="${label}"`;
  const content = value === undefined ? '' : ` value="${escapeMarkup(value ?? '')}"`;
  return type === 'hidden' && !isNameFirst
    ? `<input type="hidden" name="${name}"${content}/>`
    : `<input name="${name}" type="${type}"${content}${text}/>`;
}

/** The client that the user came from; null if the request does not name it. */
export interface ClientReference {
  readonly client_id: string | null;
  readonly redirect_uri: string | null;
}

/** Creates the hidden fields for the client that the user came from. */
export function clientFields(client: ClientReference): Field[] {
  return Object.entries(client).map(([name, value]: [string, string | null]) => ({
    name,
    type: 'hidden',
    value,
  }));
}

/** Renders a page with a heading. @param userName - the logged-in user, for the menu. */
export function renderIsland(heading: string, content: string, userName?: string): string {
  return renderPage(
    `<h1>${escapeMarkup(heading)}</h1>
  <div class="island-content">${content}</div>`,
    userName,
  );
}

/** Renders the page for errors of other identity providers. */
export function renderExternalErrorPage(...problems: readonly string[]): string {
  const headings = problems.map((problem) => `<h2>${escapeMarkup(problem)}</h2>`);
  return renderPage(`<div class="island-content"></div>${headings.join('')}`);
}
