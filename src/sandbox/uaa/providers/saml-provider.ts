import { ErrorResponse, text, type SandboxRequest } from '../../router.js';
import type { ProviderData } from './provider-body.js';
import { containerError } from '../http/servlet-container.js';

/**
 * Checks the metadata of a SAML provider. The sandbox cannot fetch or parse metadata, so it rejects
 * every SAML provider.
 *
 * @throws ErrorResponse 400 with a text, or 500 if the metadata is missing.
 */
export function checkSamlProvider(
  request: SandboxRequest,
  { config, originKey }: ProviderData,
): never {
  const location = config?.['metaDataLocation'];
  if (typeof location !== 'string') throw containerError(request, 500);
  const alias = originKey ?? '';
  throw new ErrorResponse(text(400, `Invalid metadata type for alias[${alias}]:${location}`));
}
