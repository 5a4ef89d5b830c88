/**
 * Simulates a browser for a login that runs in this process: it goes directly to the redirect URI.
 *
 * @param parameters - query parameters of the redirect, in addition to the `state` of the login.
 * @returns a listener for lines on stderr, and a function that returns the final page; `undefined`
 *   if the login has not printed a URL.
 */
export function visitingBrowser(parameters: Readonly<Record<string, string>>) {
  let page: Promise<string> | undefined;
  return {
    onStderr: (line: string) => {
      if (page !== undefined || !line.includes('/oauth/authorize?')) return;
      const asked = new URL(line.trim()).searchParams;
      const state = asked.get('state') ?? '';
      const query = new URLSearchParams({ ...parameters, state }).toString();
      page = fetch(`${asked.get('redirect_uri') ?? ''}?${query}`).then((response) =>
        response.text(),
      );
    },
    page: () => page,
  };
}
