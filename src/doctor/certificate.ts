import { fail, pass, warn, type CheckResult } from './check.js';
import { addressOf, type Server } from './server.js';

/** Why a certificate is trusted; `nothing` if it is not verified (`-k`). */
export type TrustSource = 'given CA' | 'system store' | 'nothing';

/** The certificate of a server that presented it in a TLS handshake. */
export interface PresentedCertificate {
  /** E.g. `CN=Example CA, O=Example`. */
  readonly issuer: string;
  readonly trustedBy: TrustSource;
  /** The certificate of the chain that expires first. */
  readonly firstToExpire: { readonly subject: string; readonly validTo: Date };
}

const dayMilliseconds = 24 * 60 * 60 * 1000;
const warningDays = 30;

/** Reports what trusts a certificate, and whether it expires soon. */
export function checkCertificate(
  server: Server,
  certificate: PresentedCertificate,
  now: Date,
): CheckResult {
  const { issuer, trustedBy, firstToExpire } = certificate;
  const address = addressOf(server);
  const expiryDate = firstToExpire.validTo.toISOString().slice(0, 10);
  const days = Math.floor((firstToExpire.validTo.getTime() - now.getTime()) / dayMilliseconds);
  const message = `${address}: issued by ${issuer}, ${describeTrust(server, trustedBy)}, valid until ${expiryDate}`;
  if (trustedBy === 'nothing') return warn('tls', message, formatTrustFix(server));
  if (days >= warningDays) return pass('tls', message);
  const expiry = `${firstToExpire.subject} expires in ${String(days)} d`;
  const fix = `ask the operator of the installation to renew the certificate of ${address}`;
  // Only a clock that is ahead makes a trusted certificate look expired.
  return days < 0
    ? fail('tls', `${message}, but ${firstToExpire.subject} has expired`, fix)
    : warn('tls', `${message}, but ${expiry}`, fix);
}

function describeTrust({ caSource }: Server, trustedBy: TrustSource): string {
  switch (trustedBy) {
    case 'given CA':
      return `trusted by the given CA (${caSource})`;
    case 'system store':
      return 'trusted by the system store';
    case 'nothing':
      return 'NOT verified (--skip-ssl-validation)';
  }
}

function formatTrustFix({ trust }: Server): string {
  return trust.trustCommand ?? 'export TPKS_CA_CERT=FILE (the CA of the installation)';
}
