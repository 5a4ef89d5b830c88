/**
 * A browser for logins that run in this process: it comes back to tpks at once.
 *
 * @param parameters - what the UAA sends along, besides the state of the login.
 * @returns what to call with each line on stderr, and the page that the browser showed at the end.
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
