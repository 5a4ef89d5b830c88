import type { Clock } from '../../base/clock.js';
import type { Secret } from '../../base/secret.js';
import type { GrantKind } from '../../platform/config/settings.js';
import type { Send, Trust } from '../../platform/http/send.js';
import type { BrowserOptions } from './browser-login.js';
import { exchangeIdToken } from './ci/exchange.js';
import type { Grants, TokenClient } from './grants.js';
import { postCredentials } from './posted-credentials.js';
import type { Token } from './token.js';

export type Grant =
  | { readonly kind: 'client_credentials' }
  | { readonly kind: 'password'; readonly username: string; readonly password: Secret }
  /** A one-time code from the UAA's page `/passcode`. */
  | { readonly kind: 'passcode'; readonly passcode: Secret }
  /** The ID token of a CI job. */
  | { readonly kind: 'jwt_bearer'; readonly idToken: Secret }
  | { readonly kind: 'authorization_code' | 'implicit'; readonly browser: BrowserOptions }
  /** The implicit grant without a browser. */
  | {
      readonly kind: 'posted_credentials';
      readonly username: string | undefined;
      /** By the name of the prompt. */
      readonly promptValues: ReadonlyMap<string, string | Secret>;
      readonly redirectUri: string;
    }
  | {
      readonly kind: 'refresh_token';
      readonly refreshToken: Secret;
      /** The grant that the session started with. */
      readonly originalGrant: GrantKind;
      readonly identity?: string;
    };

export interface RequestTokenDeps {
  readonly grants: (client: TokenClient) => Grants;
  readonly connect: (trust: Trust) => Send;
  /** @returns whether a browser was started. */
  readonly openBrowser: (url: string) => Promise<boolean>;
  readonly clock: Clock;
  readonly note: (text: string) => void;
}

/**
 * @param scope - space-separated; `undefined` for all scopes that are allowed.
 * @throws {TpksError} `unauthenticated` for wrong credentials; `failed` for other rejections, with
 *   `redirect_uri_mismatch` in `oauthError` if the redirect URI is not registered for the client.
 */
export async function requestToken(
  client: TokenClient,
  grant: Grant,
  scope: string | undefined,
  deps: RequestTokenDeps,
): Promise<Token> {
  switch (grant.kind) {
    case 'client_credentials':
      return deps.grants(client).clientCredentials({ scope });
    case 'password':
      return deps.grants(client).password({ ...grant, scope });
    case 'passcode':
      return deps.grants(client).passcode({ ...grant, scope });
    case 'jwt_bearer':
      return exchangeIdToken(
        { ...client, idToken: grant.idToken },
        { grants: deps.grants(client), now: deps.clock.now },
      );
    case 'refresh_token':
      return deps.grants(client).refresh(grant.refreshToken, { scope });
    case 'posted_credentials':
      return postCredentials(
        { ...client, ...grant, scope },
        { send: deps.connect(client), clock: deps.clock },
      );
    case 'authorization_code':
    case 'implicit': {
      // The loopback server loads node:http, which takes 3 ms in the standalone binary.
      const [{ logInWithBrowser }, { listenOnLoopback }] = await Promise.all([
        import('./browser-login.js'),
        import('./loopback.js'),
      ]);
      const responseType = grant.kind === 'implicit' ? 'token' : 'code';
      return logInWithBrowser(
        { ...client, ...grant.browser, responseType, scope },
        {
          ...deps,
          send: deps.connect(client),
          grants: deps.grants(client),
          listen: listenOnLoopback,
        },
      );
    }
  }
}
