import { rawRequest, type RawResponse } from './raw-request.js';

/** A browser without a screen: it keeps cookies and follows nothing by itself. */
export interface UaaBrowser {
  /** @param target - a path of the UAA. @param form - sent as one, with the hidden field if known. */
  readonly visit: (target: string, form?: Readonly<Record<string, string>>) => Promise<RawResponse>;
  readonly login: (username: string, password?: string) => Promise<RawResponse>;
}

export interface UaaAddress {
  readonly uaa: string;
  /** PEM. */
  readonly ca: string;
}

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
