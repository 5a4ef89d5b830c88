import type { SandboxRequest } from '../../router.js';
import { escapeHtml } from '../requests.js';
import type { User } from '../store/users.js';
import { csrfName } from './cookies.js';

/** Renders the hidden field that proves that a form comes from a page of this server. */
export function renderCsrfField({ csrfToken }: SandboxRequest): string {
  return renderHidden(csrfName, csrfToken ?? '');
}

/** Renders a hidden field; null renders nothing. */
export function renderHidden(name: string, value: string | null): string {
  return value === null ? '' : `<input type="hidden" name="${name}" value="${escapeHtml(value)}"/>`;
}

export function renderAlert(text: string): string {
  return `<div class="alert alert-error"><p>${escapeHtml(text)}</p></div>`;
}

/** @param user - the user who is logged in; undefined before the login. */
export function renderPage(content: string, user?: User): string {
  const navigation = `<div class="nav"><span>${escapeHtml(user?.userName ?? '')}</span>
  <a href="/logout.do">Sign Out</a></div>`;
  return `<!DOCTYPE html>
<html dir="ltr" lang="en">
<head>
<title>Cloud Foundry</title>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1.0"/>
<style>${pageStyle}</style>
</head>
<body>
${user === undefined ? '' : navigation}
<div class="island">
  ${content}
</div>
</body>
</html>
`;
}

/** Style sheet of all pages. */
const pageStyle = `
  :root { color-scheme: light dark; }
  body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; padding: 1rem; }
  h1 { font-weight: 300; text-align: center; }
  h2 { font-weight: 400; }
  h2, a { overflow-wrap: anywhere; }
  .code { font: 1.5rem ui-monospace, monospace; text-align: center; user-select: all; }
  .nav { display: flex; gap: 1rem; justify-content: flex-end; }
  .island { margin: 8vh auto; max-width: 26rem; }
  .alert { border: 1px solid; padding: 0 1rem; }
  input, button { font: inherit; padding: .6rem; }
  input:not([type=checkbox]) { box-sizing: border-box; margin: .4rem 0; width: 100%; }
  .application-scopes { list-style: none; padding: 0; }
  .actions { display: grid; gap: 1rem; grid-template-columns: 1fr 1fr; }
`;
