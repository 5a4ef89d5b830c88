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
      document.title = title;
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
  return page({ title: 'One moment', text, tone: 'plain', script, nonce });
}

interface Content {
  readonly title: string;
  readonly text: string;
  readonly tone: 'good' | 'bad' | 'plain';
  readonly script: string;
  readonly nonce: string;
}

function page({ title, text, tone, script, nonce }: Content): Page {
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
<title>${escaped(title)}</title>
<style nonce="${nonce}">
  body { font: 1rem/1.5 system-ui, sans-serif; margin: 15vh auto; max-width: 34rem; padding: 0 1rem; }
  main { border-left: .3rem solid #888; padding-left: 1rem; }
  .good { border-color: #2a7d2e; }
  .bad { border-color: #b3261e; }
</style>
<main class="${tone}"><h1>${escaped(title)}</h1><p>${escaped(text)}</p></main>
<script nonce="${nonce}">${script}</script>
</html>
`,
  };
}

/** What a server says stands in the page. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${String(sign.charCodeAt(0))};`);
}
