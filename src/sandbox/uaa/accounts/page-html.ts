import { renderPage } from '../browser/pages.js';
import { getMessage } from './messages.js';

/** A field of a form. */
export interface Field {
  readonly name: string;
  readonly type: 'hidden' | 'text' | 'email' | 'password';
  readonly value?: string | null | undefined;
  readonly label?: string;
  /** Whether the name precedes the type of a hidden field; scripts match on the order. */
  readonly isNameFirst?: boolean;
}

/** Escapes the characters that have a meaning in HTML. */
export function escapeMarkup(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A notice above a form. An undefined text shows nothing. */
export function renderAlert(text: string | undefined, kind = 'error'): string {
  if (text === undefined) return '';
  return `<div class="alert alert-${kind}"><p>${escapeMarkup(text)}</p></div>`;
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
  /** Shown inside the form, above the fields. */
  readonly alert?: string;
  readonly fields: readonly Field[];
  /** Text of the button. */
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

/** The client that the user came from; null if unknown. */
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

/** The page of a generic error, with an optional notice. */
export function renderFailurePage(code?: string): string {
  return renderPage(
    `<div class="island-content">${renderAlert(code === undefined ? code : getMessage(code))}</div>
  <h2>Uh oh.<br/>
  Something went amiss.</h2>`,
  );
}

/** The page for a rejected form of a logged-in user. */
export function renderInvalidRequestPage(): string {
  return renderPage(
    `<div class="island-content">${renderAlert('Warning: Invalid Request Error')}</div>
  <h2>
    You have attempted to make a request that does not meet our security requirements.<br/>
    This may indicate that the request was not originated by you,
    or the request time limit was reached.<br/>
    Please retry your action.
  </h2>`,
  );
}

/** The page for errors of other identity providers. */
export function renderExternalErrorPage(...problems: readonly string[]): string {
  const headings = problems.map((problem) => `<h2>${escapeMarkup(problem)}</h2>`);
  return renderPage(`<div class="island-content"></div>${headings.join('')}`);
}
