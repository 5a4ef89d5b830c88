/**
 * A browser for logins that run in this process: it is redirected back to tpks at once.
 *
 * @param parameters - of the redirect, in addition to the `state` of the login.
 * @returns a listener for lines on stderr, and the page that the browser shows at the end.
 */
export function visitingBrowser(parameters: Readonly<Record<string, string>>) {
  let page: Promise<string> | undefined;
  return {
    onStderr: (line: string) => {
      if (page !== undefined || !line.includes('/oauth/authorize?')) return;
      const asked = new URL(line.trim()).searchParams;
      const state = asked.get('state') ?? '';
      const query = new URLSearchParams({ ...parameters, state }).toString();
      page = fetch(`${asked.get('redirect_uri') ?? ''}?${query}`).then((shown) => shown.text());
    },
    page: () => page,
  };
}
