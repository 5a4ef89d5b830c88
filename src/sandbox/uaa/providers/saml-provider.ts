import { ErrorResponse, text, type SandboxRequest } from '../../router.js';
import type { ProviderData } from './provider-body.js';
import { isSamlDocument, readSamlMetadata, type SamlMetadata } from '../saml-metadata.js';
import { hasText } from '../java/has-text.js';
import { containerError } from '../http/servlet-container.js';
import type { State } from '../store/state.js';

/**
 * Checks the metadata of a SAML provider, and adds the settings that depend on the provider. The
 * metadata must be part of the request, because the sandbox does not fetch it.
 *
 * @throws ErrorResponse 400 or 409 in plain text, or 500 if the metadata or the origin is missing, or
 *   if the metadata would have to be fetched.
 * @see UAA 4.30.0 `SamlIdentityProviderConfigurator`
 */
export function completeSamlProvider(
  request: SandboxRequest,
  provider: ProviderData,
  { providers }: State,
): ProviderData {
  const { config, originKey } = provider;
  const location = config?.['metaDataLocation'];
  if (!config || typeof location !== 'string' || !hasText(originKey)) {
    throw containerError(request, 500);
  }
  const metadata = readMetadata(request, location, originKey);
  if ('problem' in metadata) throw new ErrorResponse(text(400, metadata.problem));
  const { entityId } = metadata;
  if (entityId.trim() === '') {
    const problem = `Emtpy entityID for SAML provider with zoneId:uaa and origin:${originKey}`;
    throw new ErrorResponse(text(400, problem));
  }
  const isUsed = providers.some(
    (other) =>
      other.type === 'saml' &&
      other.active &&
      other.originKey !== originKey &&
      readEntityId(other) === entityId,
  );
  if (isUsed) throw new ErrorResponse(text(409, `Duplicate entity ID:${entityId}`));
  const { linkText } = config;
  return {
    ...provider,
    config: {
      ...config,
      idpEntityAlias: originKey,
      zoneId: 'uaa',
      linkText: hasText(linkText) ? linkText : originKey,
    },
  };
}

/** Reads the entity id in the metadata of a stored SAML provider; undefined if it has none. */
export function readEntityId({ config }: Pick<ProviderData, 'config'>): string | undefined {
  const metadata = readSamlMetadata(String(config?.['metaDataLocation']));
  return 'entityId' in metadata ? metadata.entityId : undefined;
}

function readMetadata(request: SandboxRequest, location: string, alias: string): SamlMetadata {
  if (isSamlDocument(location)) return readSamlMetadata(location);
  if (!/^https?:/i.test(location.trim())) {
    return { problem: `Invalid metadata type for alias[${alias}]:${location}` };
  }
  if (!URL.canParse(location) || /[\s"<>[\\\]^`{|}]/.test(location)) {
    return { problem: `Invalid socket factory(invalid URI):${location}` };
  }
  throw containerError(request, 500);
}
