import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken, browserLogin, createUser } from './steps.js';

const paths = [
  '/profile',
  '/profile?success_message_code=email_change.success',
  '/profile?error_message_code=request.invalid_parameter',
  '/home',
  '/',
  '/forgot_password',
  '/email_sent?code=reset_password',
  '/reset_password',
  '/reset_password?code=unknown',
  '/create_account',
  '/accounts/email_sent',
  '/verify_user?code=unknown',
  '/verify_user',
  '/change_email',
  '/change_email?client_id=pks_cli&redirect_uri=https%3A%2F%2Flocalhost%3A8443%2F',
  '/change_password',
  '/verify_email?code=unknown',
  '/verify_email',
  '/force_password_change',
  '/force_password_change_completed',
  '/invitations/accept?code=unknown',
  '/invitations/accept',
  '/invitations/sent',
  '/error',
  '/error404',
  '/error500',
  '/invalid_request',
  '/saml_error',
  '/oauth_error?error=broken',
  '/rejected',
  '/session?clientId=pks_cli&messageOrigin=https%3A%2F%2Fexample.com',
  '/varz',
  '/saml/idp/initiate',
  '/login/mfa/register',
  '/login/mfa/verify',
  '/login/mfa/manual',
  '/login/mfa/completed',
  '/login/idp_discovery',
  '/switch_idp',
  '/delete_saved_account',
  '/login_implicit',
  '/change_email.do',
  '/change_password.do',
  '/create_account.do',
];

const accepts: Readonly<Record<string, string>> = {
  'a browser': 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'a JSON client': 'application/json',
};

const requests = paths.flatMap((path) =>
  Object.entries(accepts).map(([client, accept]): Exchange => ({
    title: `${client} gets ${path}`,
    request: `GET ${path}`,
    headers: { accept },
    session: 'a',
  })),
);

compareWithRecordings('pages-session', [
  adminToken,
  ...createUser('sonja'),
  ...browserLogin('a', 'sonja'),
  ...requests,
]);
