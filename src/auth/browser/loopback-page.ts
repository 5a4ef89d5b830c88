/** What a person reads in the browser at the end. */
export interface Outcome {
  readonly isGood: boolean;
  readonly title: string;
  readonly text: string;
}

/** A page with all the headers that keep it to itself. */
export interface Page {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * The last page.
 * @param nonce - new for each page: nothing but what stands here may run in it.
 */
export function outcomePage({ isGood, title, text }: Outcome, nonce: string): Page {
  // The code has been used by now, but it need not stay in the address bar and the history.
  const script = `history.replaceState(null, '', location.pathname);`;
  return page({ title, text, tone: isGood ? 'good' : 'bad', script, nonce });
}

/**
 * The page that brings the fragment of its address, which no browser sends, to the listener, and
 * then shows what that says.
 */
export function relayPage(nonce: string): Page {
  const script = `
    const answer = location.hash.slice(1);
    history.replaceState(null, '', location.pathname);
    const show = ({ title, text, isGood }) => {
      document.title = title + ' – tpks';
      document.querySelector('h1').textContent = title;
      document.querySelector('p').textContent = text;
      document.querySelector('main').className = isGood ? 'good' : 'bad';
    };
    const gone = { isGood: false, title: 'Nobody is waiting', text: 'tpks has ended. Run the command again.' };
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    if (answer === '') show({ ...gone, title: 'Nothing came', text: 'There is no answer in this address.' });
    else fetch(location.pathname, { method: 'POST', headers, body: answer })
      .then((response) => response.json()).then(show, () => show(gone));`;
  const text = 'The answer is on its way to tpks.';
  const noscript = 'It cannot get there: scripts are switched off in this browser.';
  return page({ title: 'One moment', text, tone: 'plain', script, noscript, nonce });
}

interface Content {
  readonly title: string;
  readonly text: string;
  readonly tone: 'good' | 'bad' | 'plain';
  readonly script: string;
  /** For who sees none of what the script does. */
  readonly noscript?: string;
  readonly nonce: string;
}

function page({ title, text, tone, script, noscript, nonce }: Content): Page {
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
<title>${escaped(title)} – tpks</title>
<style nonce="${nonce}">${style}</style>
<main class="${tone}" aria-live="polite"><h1>${escaped(title)}</h1><p>${escaped(text)}</p></main>
${noscript === undefined ? '' : `<noscript><p>${escaped(noscript)}</p></noscript>`}
<footer>tpks</footer>
<script nonce="${nonce}">${script}</script>
</html>
`,
  };
}

/** Marks say what colours say, for whoever does not tell them apart. */
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

/** What a server says stands in the page. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${String(sign.charCodeAt(0))};`);
}
