import type { BrowserLogin } from '../auth/browser-login.js';
import type { Grants } from '../auth/grants.js';
import type { PostedCredentials } from '../auth/posted-credentials.js';
import type { Send } from '../http/send.js';
import type { Secret } from '../secret.js';
import type { Runtime, Target, Trust } from '../services.js';

/** A UAA client that asks for tokens. */
export interface GrantsInput extends Target {
  readonly clientId: string;
  /** `undefined` for a public client. */
  readonly clientSecret: Secret | undefined;
  readonly tokenFormat?: 'opaque' | 'jwt' | undefined;
}

/** The ways to a token of a UAA, each with what the person or the program has in hand. */
export interface TokenWays {
  /** Token requests of one UAA client. */
  readonly grants: (client: GrantsInput) => Promise<Grants>;
  /** Logins that a person answers in a browser. */
  readonly browserLogin: (client: GrantsInput) => Promise<BrowserLogin>;
  /** Tokens for the answers to the UAA's prompts. */
  readonly postedCredentials: (
    client: Omit<GrantsInput, 'clientSecret'>,
  ) => Promise<PostedCredentials>;
}

export interface TokenWaysDeps extends Runtime {
  /** The bare network: no token, no status errors. */
  readonly send: (trust: Trust) => Promise<Send>;
}

export function createTokenWays(deps: TokenWaysDeps): TokenWays {
  const { env, platform, clock, terminal, send } = deps;

  const grants = async (client: GrantsInput): Promise<Grants> => {
    const [{ createGrants }, door] = await Promise.all([import('../auth/grants.js'), send(client)]);
    return createGrants({ ...client, send: door, clock });
  };

  return {
    grants,
    browserLogin: async (client) => {
      const [{ createBrowserLogin }, { listenOnLoopback }, { openBrowser }, door] =
        await Promise.all([
          import('../auth/browser-login.js'),
          import('../auth/loopback.js'),
          import('../auth/open-browser.js'),
          send(client),
        ]);
      return createBrowserLogin({
        send: door,
        uaa: client.uaa,
        grants: () => grants(client),
        listen: listenOnLoopback,
        openBrowser: (url) => openBrowser(url, { platform, env }),
        clock,
        note: terminal.note,
      });
    },
    postedCredentials: async (client) => {
      const [{ createPostedCredentials }, door] = await Promise.all([
        import('../auth/posted-credentials.js'),
        send(client),
      ]);
      return createPostedCredentials({ ...client, send: door, clock });
    },
  };
}
