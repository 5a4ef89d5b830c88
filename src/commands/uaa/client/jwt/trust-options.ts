import { Option, type Command } from 'commander';
import { TpksError } from '../../../../errors.js';
import type { JwtTrust } from '../../../../uaa/client-jwts.js';

/** The keys or issuer to trust, spelled as in `uaac`; `--jwks-uri` is the same as `--jwks_uri`. */
export interface TrustFlags {
  readonly jwks_uri?: string;
  readonly jwks?: string;
  readonly issuer?: string;
  readonly subject?: string;
  readonly audience?: string;
  readonly kid?: string;
}

export function addTrustOptions(command: Command): Command {
  const dashed = new Option('--jwks-uri <url>').hideHelp();
  dashed.attributeName = () => 'jwks_uri';
  return command
    .argument('[id]', 'UAA client')
    .option('--jwks_uri <url>', 'URL of its public keys')
    .addOption(dashed)
    .addOption(new Option('--jwks <json>', 'its public key or key set').conflicts('jwks_uri'))
    .option('--issuer <iss>', 'issuer of its JWTs; requires --subject')
    .option('--subject <sub>', 'subject of its JWTs; requires --issuer')
    .option('--audience <aud>', 'audience of its JWTs');
}

/** @throws {TpksError} `usage` if no key, an invalid key or only part of an issuer is given */
export async function toTrust(flags: TrustFlags): Promise<JwtTrust> {
  const { jwks_uri: jwksUri, jwks, issuer, subject, audience, kid: keyId } = flags;
  const isFederated = issuer !== undefined && subject !== undefined;
  const isHalf = [issuer, subject, audience].some((part) => part !== undefined) && !isFederated;
  if (isHalf || (!isFederated && jwksUri === undefined && jwks === undefined)) {
    const message = isHalf ? '--issuer and --subject go together' : 'No key is given';
    throw new TpksError('usage', message, {
      hint: 'use --jwks_uri, or --jwks, or --issuer and --subject together',
    });
  }
  if (jwks !== undefined) await (await import('./keys.js')).validateKeys(jwks);
  return { jwksUri, jwks, issuer, subject, audience, keyId };
}
