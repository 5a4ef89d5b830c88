/** Paths that no security filter handles. @see UAA 4.30.0 `spring-servlet.xml` */
const unfilteredPaths: readonly RegExp[] = [
  /^\/(resources|vendor|password|healthz|authenticate|saml\/web)(\/|$)/,
  /^\/(square-logo\.png|info|error|email_sent|accounts\/email_sent|invalid_request)$/,
  /^\/(saml_error|favicon\.ico|oauth_error|session|session_management)$/,
  /^(\/oauth\/token)?\/\.well-known\/openid-configuration$/,
];

export function isUnfiltered(path: string): boolean {
  return unfilteredPaths.some((pattern) => pattern.test(path));
}
