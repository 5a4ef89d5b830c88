import { Option, type Command } from 'commander';
import { TpksError } from '../../../../errors.js';
import { clientIdArgument } from '../client-id.js';
import type { JwtTrust } from '../../../../uaa/client-jwts.js';

/** The keys or issuer to trust. `--jwks-uri` is accepted as another spelling of `--jwks_uri` of `uaac`. */
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
    .addArgument(clientIdArgument())
    .option('--jwks_uri <url>', 'URL of the public keys')
    .addOption(dashed)
    .addOption(new Option('--jwks <json>', 'public key or key set, as JSON').conflicts('jwks_uri'))
    .option('--issuer <iss>', 'issuer of the JWTs; requires --subject')
    .option('--subject <sub>', 'subject of the JWTs; requires --issuer')
    .option('--audience <aud>', 'audience of the JWTs');
}

/** Converts flags. @throws {TpksError} `usage` for a missing or invalid key, or for only part of an issuer. */
export async function toTrust(flags: TrustFlags): Promise<JwtTrust> {
  const { jwks_uri: jwksUri, jwks, issuer, subject, audience, kid: keyId } = flags;
  const hasIssuer = issuer !== undefined && subject !== undefined;
  const isIncomplete = [issuer, subject, audience].some((part) => part !== undefined) && !hasIssuer;
  if (isIncomplete || (!hasIssuer && jwksUri === undefined && jwks === undefined)) {
    const message = isIncomplete
      ? '--issuer and --subject must be used together'
      : 'Missing key or issuer';
    throw new TpksError('usage', message, {
      hint: 'use --jwks_uri, or --jwks, or --issuer and --subject together',
    });
  }
  if (jwks !== undefined) (await import('./keys.js')).validateKeys(jwks);
  return { jwksUri, jwks, issuer, subject, audience, keyId };
}
