import { Option, type Command } from 'commander';
import { TpksError } from '../../../../errors.js';
import type { JwtTrust } from '../../../../uaa/client-jwts.js';

/** Whom to trust, spelled as `uaac` spells it; `--jwks-uri` means the same as `--jwks_uri`. */
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
    .option('--jwks_uri <url>', 'where its public keys are')
    .addOption(dashed)
    .addOption(
      new Option('--jwks <json>', 'its public key, or a set of them').conflicts('jwks_uri'),
    )
    .option('--issuer <iss>', 'who signs its JWTs, together with --subject')
    .option('--subject <sub>', 'whom those JWTs are about')
    .option('--audience <aud>', 'for whom those JWTs are');
}

/** @throws {TpksError} `usage` when nobody is named, or an issuer by half. */
export function toTrust(flags: TrustFlags): JwtTrust {
  const { jwks_uri: jwksUri, jwks, issuer, subject, audience, kid: keyId } = flags;
  const isFederated = issuer !== undefined && subject !== undefined;
  const isHalf = [issuer, subject, audience].some((part) => part !== undefined) && !isFederated;
  if (isHalf || (!isFederated && jwksUri === undefined && jwks === undefined)) {
    throw new TpksError('usage', isHalf ? 'The issuer is named by half' : 'No key is named', {
      hint: 'use --jwks_uri, or --jwks, or --issuer and --subject together',
    });
  }
  return { jwksUri, jwks, issuer, subject, audience, keyId };
}
