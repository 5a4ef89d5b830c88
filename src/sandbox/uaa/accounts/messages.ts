const formError = 'Passwords must match and not be empty.';
const invalidEmail = 'Please enter a valid email address.';
const missingConsent = 'Please agree before continuing.';
const samePassword = 'Your new password cannot be the same as the old password.';

/** Texts of the login page and the account pages by code. @see UAA 4.30.0 `messages.properties` */
const messages: Readonly<Record<string, string>> = {
  'scope.tokens.read':
    'View details of your approvals you have granted to this and other applications',
  'scope.tokens.write':
    'Cancel the approvals like this one that you have granted to this and other applications',
  'scope.cloud_controller.read': 'View details of your applications and services',
  'scope.cloud_controller.write': 'Push applications to your account and create and bind services',
  'scope.cloud_controller_service_permissions.read':
    'Verify user permission to manage service instances',
  'email_change.success': 'Email address successfully verified.',
  'email_change.non-uaa-origin': 'Sorry, your email cannot be changed from here.',
  'email_change.invalid_email': invalidEmail,
  'email_change.invalid_code': 'Your verification link has expired. Please request another.',
  'email_change.username_exists': 'There is already a user with that email address.',
  'email_sent.email_change': 'Please check your email for a verification link.',
  'email_sent.activation': 'Please check email for an activation link.',
  'email_sent.reset_password': 'Please check your email for a reset password link.',
  'account_activation.form_error': formError,
  'account_activation.code_expired': 'Your invitation code has expired. Please request another.',
  'account_activation.no_suitable_idp':
    'Your invitation does not match any suitable authentication provider.',
  'account_activation.email_already_taken':
    'You have already signed up. Please use the forgot password link from the login page.',
  'account_activation.bad_credentials': 'Unable to verify username or password. Please try again.',
  'account_activation.missing_consent': missingConsent,
  'change_password.form_error': formError,
  'change_password.unauthorized': 'Please enter a valid current password.',
  'forgot_password.form_error': invalidEmail,
  'forgot_password.bad_code':
    'Sorry, your reset password link is no longer valid. You can request another one below.',
  'reset_password.form_error': formError,
  'create_account.form_error': formError,
  'create_account.other_idp':
    'Account sign-up is not required for this email domain. ' +
    'Please login with the identity provider',
  'force_password_change.form_error': formError,
  'force_password_change.same_as_old': samePassword,
  'create_account.code_expired': 'Your activation code has expired. Please request another.',
  'create_account.invalid_email': invalidEmail,
  'create_account.username_exists': 'There is already a user with that username.',
  'create_account.missing_consent': missingConsent,
  'login.login_failure': 'Unable to verify email or password. Please try again.',
  'login.password_reset': 'Password reset successful. Login to access your account.',
  'login.idp_not_found':
    'Unable to map SAML identity provider. Please try a different authentication method.',
  'login.password_expired': 'Your current password has expired. Please reset your password.',
  'login.invalid_idp': 'The application is not authorized for your account.',
  'login.invalid_login_hint': 'The origin provided in the login hint is invalid.',
  'login.account_not_verified':
    'Your account is not verified. You can get another verification link by clicking on ' +
    'Create Account.',
  'login.account_locked':
    'Your account has been locked because of too many failed attempts to login.',
  'login.invalid_login_request':
    'Invalid login attempt, the request does not meet our security standards and may ' +
    'indicate that the action was not originated by you. Please try again.',
  'login.invite_accepted': 'Invitation accepted. Login to access your account.',
  'login.verify_success': 'Verification successful. Login to access your account.',
  'login.change_email_success':
    'Email address successfully verified. Login to access your account.',
  'login.account_not_precreated':
    'The user account must be pre-created. Please contact your system administrator.',
  'request.invalid_parameter':
    'The request contains an invalid parameter that can not be processed.',
  self_service_disabled: 'Self service is disabled.',
};

/** Returns the text for a code; undefined if the code is unknown. */
export function findMessage(code: string): string | undefined {
  return Object.hasOwn(messages, code) ? messages[code] : undefined;
}

/**
 * Returns the text for a code. Like the real server, shows unknown codes between question marks.
 */
export function getMessage(code: string): string {
  return findMessage(code) ?? `??${code}_en_US??`;
}
