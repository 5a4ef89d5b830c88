import { rawRequest, type RawResponse } from '../servers/raw-request.js';

/** A minimal HTTP client for the web pages of the UAA. It stores cookies, and ignores redirects. */
export interface UaaBrowser {
  /**
   * Requests a page.
   *
   * @param target - a path of the UAA.
   * @param form - fields to send with POST, together with the CSRF token of the last page.
   */
  readonly visit: (target: string, form?: Readonly<Record<string, string>>) => Promise<RawResponse>;
  /** Submits the login page; the default password is the sandbox's, `USERNAME-password`. */
  readonly login: (username: string, password?: string) => Promise<RawResponse>;
}

/** The URL of a UAA, and the CA to trust. */
export interface UaaAddress {
  readonly uaa: string;
  /** The CA as PEM. */
  readonly ca: string;
}

/** Creates a browser without cookies. @param accept - the header `Accept` of all requests. */
export function uaaBrowser({ uaa, ca }: UaaAddress, accept = 'text/html'): UaaBrowser {
  const jar = new Map<string, string>();
  let csrf = '';
  const visit: UaaBrowser['visit'] = async (target, form) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const fields = form && { 'X-Uaa-Csrf': csrf, ...form };
    const answer = await rawRequest({
      url: `${uaa}${target}`,
      ca,
      headers: { accept, ...(cookie === '' ? {} : { cookie }) },
      ...(fields && { form: fields }),
    });
    for (const [, name = '', value = ''] of (answer.headers['set-cookie'] ?? '').matchAll(
      /(?:^|, )([\w-]+)=([^;,]*)/g,
    )) {
      if (/^(JSESSIONID|X-Uaa-Csrf)$/i.test(name)) jar.set(name, value);
    }
    csrf = /name="X-Uaa-Csrf"[^>]*value="([^"]+)"/.exec(answer.text)?.[1] ?? csrf;
    return answer;
  };
  return {
    visit,
    login: async (username, password = `${username}-password`) => {
      await visit('/login');
      return visit('/login.do', { username, password });
    },
  };
}
