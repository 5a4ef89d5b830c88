import { escapeHtml } from '../requests.js';

export function renderPasscodePage(userName: string, code: string): string {
  return renderPage(
    `<h1>Temporary Authentication Code</h1>
  <h2 class="code">${escapeHtml(code)}</h2>`,
    userName,
  );
}

export function renderHomePage(userName: string): string {
  return renderPage(
    `<h1>Where to?</h1>
  <div class="island-content"><p>You are signed in.</p></div>`,
    userName,
  );
}

/** @param problems - texts above the heading; undefined ones are omitted. */
export function renderAuthorizationErrorPage(problems: readonly (string | undefined)[]): string {
  const alerts = problems.map((problem) => renderAlert(problem));
  return renderPage(`<div class="island-content">
    ${alerts.join('')}
  </div>
  <h2>
    Authorization Request Error<br/>
    There was an error. The request for authorization was invalid.
  </h2>`);
}

/** Renders the page for a user whose identity provider the application does not allow. */
export function renderOtherProviderPage(application: string, redirect: string): string {
  const logout = `/logout.do?${new URLSearchParams({ redirect }).toString()}`;
  return renderPage(`<p>${escapeHtml(application)} does not support your identity provider. To log
    into an identity provider supported by the application,
    <a href="${escapeHtml(logout)}">click here</a>.</p>`);
}

/** Renders the page for a form that was not submitted from a page of this server. */
export function renderInvalidRequestPage(): string {
  return renderPage(`<div class="island-content">${renderAlert('Warning: Invalid Request Error')}</div>
  <h2>
    You have attempted to make a request that does not meet our security requirements.<br/>
    This may indicate that the request was not originated by you,
    or the request time limit was reached.<br/>
    Please retry your action.
  </h2>`);
}

/**
 * Renders the page that browsers show after an implicit grant. In the real UAA, its script sends
 * the fragment of the URL, which contains the tokens, to the server.
 */
export function renderImplicitPage(): string {
  return renderPage('<h1>One more step!</h1><form method="post" action=""></form>');
}

/**
 * Renders a notice above a form.
 *
 * @param text - undefined shows nothing.
 * @param kind - `error` or `success`.
 */
export function renderAlert(text: string | undefined, kind = 'error'): string {
  if (text === undefined) return '';
  return `<div class="alert alert-${kind}"><p>${escapeHtml(text)}</p></div>`;
}

/** @param alert - HTML above the usual text. */
export function renderErrorPage(alert?: string): string {
  const notice =
    alert === undefined ? '' : `<div class="alert alert-error"><p>${alert}</p></div>\n  `;
  return renderPage(`${notice}<h2>
    Uh oh.<br />
    Something went amiss.
  </h2>`);
}

/** @param userName - the user who is logged in; undefined before the login. */
export function renderPage(content: string, userName?: string): string {
  const navigation =
    userName === undefined
      ? ''
      : `<div class="nav"><span>${escapeHtml(userName)}</span>
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
${navigation}
<div class="island">
  ${content}
</div>
</body>
</html>
`;
}

/** Style sheet of all pages: similar to the real UAA, plus a dark mode. */
const pageStyle = `
  :root { color-scheme: light dark; --background: #f4f4f4; --island: #fff; --text: #333; --line: #bbb;
    --bad: #a3261e; --action: #00637f; --on-action: #fff; }
  @media (prefers-color-scheme: dark) { :root { --background: #1b1d1f; --island: #26292c; --text: #ddd;
    --line: #555; --bad: #ff8a80; --action: #7fd0e8; --on-action: #10242b; } }
  body { background: var(--background); color: var(--text); font: 1rem/1.5 system-ui, sans-serif;
    margin: 0; padding: 1rem; }
  h1 { font-weight: 300; margin: 0 0 1rem; text-align: center; }
  h2 { font-weight: 400; overflow-wrap: anywhere; }
  .code { font: 1.5rem ui-monospace, monospace; text-align: center; user-select: all; }
  a { color: var(--action); overflow-wrap: anywhere; }
  .nav { display: flex; gap: 1rem; justify-content: flex-end; }
  .island { background: var(--island); margin: 8vh auto; max-width: 26rem; padding: 2rem; }
  .alert { border: 1px solid var(--bad); color: var(--bad); margin-bottom: 1rem;
    padding: 0 1rem; }
  input[type=text], input[type=password], .island-button, button { border: 1px solid var(--line);
    border-radius: 2px; box-sizing: border-box; font: inherit; padding: .6rem; }
  input[type=text], input[type=password], .island-button { display: block; margin: .75rem 0;
    width: 100%; }
  .island-button, #authorize { background: var(--action); border-color: var(--action);
    color: var(--on-action); cursor: pointer; }
  .application-scopes { border: 1px solid var(--line); list-style: none; margin: 1rem 0;
    padding: .5rem 1rem; }
  .application-scopes li { display: flex; gap: .75rem; margin: .5rem 0; }
  .actions { display: grid; gap: 1rem; grid-template-columns: 1fr 1fr; }
`;
