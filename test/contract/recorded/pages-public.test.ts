import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';

/** Pages without a session, for each kind of client. */
const paths = [
  '/profile',
  '/home',
  '/',
  '/forgot_password',
  '/forgot_password?client_id=pks_cli&redirect_uri=https%3A%2F%2Flocalhost%3A8443%2F',
  '/email_sent',
  '/email_sent?code=reset_password',
  '/email_sent?code=email_change',
  '/email_sent?code=unknown',
  '/reset_password',
  '/reset_password?code=unknown',
  '/reset_password?code=',
  '/create_account',
  '/create_account?client_id=pks_cli&redirect_uri=https%3A%2F%2Flocalhost%3A8443%2F',
  '/accounts/email_sent',
  '/verify_user',
  '/verify_user?code=unknown',
  '/verify_user?code=',
  '/change_email',
  '/change_password',
  '/verify_email',
  '/verify_email?code=unknown',
  '/force_password_change',
  '/force_password_change_completed',
  '/invitations/accept',
  '/invitations/accept?code=unknown',
  '/invitations/sent',
  '/invitations/new',
  '/invitations',
  '/error',
  '/error?error=broken',
  '/error404',
  '/error500',
  '/invalid_request',
  '/saml_error',
  '/saml_error?error=broken',
  '/oauth_error',
  '/oauth_error?error=broken',
  '/rejected',
  '/session',
  '/session?clientId=pks_cli&messageOrigin=https%3A%2F%2Fexample.com',
  '/session?clientId=pks_cli',
  '/session_management',
  '/session_management?clientId=pks_cli&messageOrigin=https%3A%2F%2Fexample.com',
  '/varz',
  '/saml/idp/initiate',
  '/saml/idp/initiate?sp=unknown',
  '/saml/idp/SSO/alias/x',
  '/saml/web/metadata/login',
  '/login/mfa/register',
  '/login/mfa/verify',
  '/login/idp_discovery',
  '/login_implicit',
  '/delete_saved_account',
  '/delete_saved_account?userId=x',
  '/switch_idp',
  '/password/score',
  '/square-logo.png',
  '/logged_out',
];

const accepts: Readonly<Record<string, string>> = {
  'a browser': 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'a JSON client': 'application/json',
  curl: '*/*',
};

const requests = paths.flatMap((path) =>
  Object.entries(accepts).map(
    ([client, accept]): Exchange => ({
      title: `${client} gets ${path}`,
      request: `GET ${path}`,
      headers: { accept },
    }),
  ),
);

compareWithRecordings('pages-public', requests);
