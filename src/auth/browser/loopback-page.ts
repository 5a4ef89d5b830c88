/** The result of a login, as the browser shows it. */
export interface Outcome {
  readonly isSuccess: boolean;
  readonly title: string;
  readonly text: string;
}

/** A page, with the headers that prevent other sites from using it. */
export interface Page {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Creates the page that shows the result.
 * @param nonce - a new random value for each page; only scripts and styles with this nonce run.
 */
export function createOutcomePage({ isSuccess, title, text }: Outcome, nonce: string): Page {
  // The code has been used, but it should not stay in the address bar and the history.
  const script = `history.replaceState(null, '', location.pathname);`;
  return createPage({ title, text, tone: isSuccess ? 'good' : 'bad', script, nonce });
}

/**
 * Creates the page that posts its URL fragment, which browsers do not send, to the listener and
 * then shows the outcome in the response.
 */
export function createRelayPage(nonce: string): Page {
  const script = `
    const fragment = location.hash.slice(1);
    history.replaceState(null, '', location.pathname);
    const show = ({ title, text, isSuccess }) => {
      document.title = title + ' - tpks';
      document.querySelector('h1').textContent = title;
      document.querySelector('p').textContent = text;
      document.querySelector('main').className = isSuccess ? 'good' : 'bad';
    };
    const showFailure = (title, text) => show({ isSuccess: false, title, text });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    if (fragment === '') showFailure('No response', 'This address contains no response from the UAA.');
    else fetch(location.pathname, { method: 'POST', headers, body: fragment })
      .then((response) => response.json())
      .then(show, () => showFailure('tpks is not waiting for this response',
        'The command has ended, or the response belongs to another login.'));`;
  const text = 'Sending the response to tpks.';
  const noscript =
    'JavaScript is disabled in this browser, so the response cannot be sent to tpks.';
  return createPage({ title: 'One moment', text, tone: 'plain', script, noscript, nonce });
}

interface PageContent {
  readonly title: string;
  readonly text: string;
  readonly tone: 'good' | 'bad' | 'plain';
  readonly script: string;
  /** Shown if scripts are disabled. */
  readonly noscript?: string;
  readonly nonce: string;
}

function createPage({ title, text, tone, script, noscript, nonce }: PageContent): Page {
  return {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; ` +
        `connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    },
    body: `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} - tpks</title>
<style nonce="${nonce}">${style}</style>
<main class="${tone}" aria-live="polite"><h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p></main>
${noscript === undefined ? '' : `<noscript><p>${escapeHtml(noscript)}</p></noscript>`}
<footer>tpks</footer>
<script nonce="${nonce}">${script}</script>
</html>
`,
  };
}

/** The check mark and the cross repeat the meaning of the colors, for color-blind users. */
const style = `
  :root { color-scheme: light dark; --back: #f5f6f7; --card: #fff; --text: #1c1e21;
    --soft: #5f656c; --line: #d9dce0; --good: #1b6e2d; --bad: #b3261e; }
  @media (prefers-color-scheme: dark) { :root { --back: #17191c; --card: #212429;
    --text: #e8eaed; --soft: #a1a7ae; --line: #3a3f46; --good: #7bd88f; --bad: #ff8a80; } }
  body { background: var(--back); color: var(--text); font: 1.05rem/1.6 system-ui, sans-serif;
    margin: 15vh auto 2rem; max-width: 34rem; padding: 0 1rem; }
  main { background: var(--card); border: 1px solid var(--line); border-radius: .6rem;
    border-top: .3rem solid var(--soft); padding: 1.5rem 2rem; }
  h1 { font-size: 1.6rem; line-height: 1.3; margin: 0 0 .5rem; }
  p { margin: 0; overflow-wrap: anywhere; }
  .good { border-top-color: var(--good); }
  .good h1::before { color: var(--good); content: '✓ '; }
  .bad { border-top-color: var(--bad); }
  .bad h1::before { color: var(--bad); content: '✗ '; }
  footer { color: var(--soft); font: .85rem ui-monospace, monospace; margin: 1rem; text-align: end; }
`;

/** The page contains text from the server. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${String(sign.charCodeAt(0))};`);
}
