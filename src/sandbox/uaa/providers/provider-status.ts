import { statusError } from '../errors.js';
import { readJsonBody, toNodeText } from '../requests.js';
import { isObject } from '../../body.js';
import { json, type SandboxRequest, type SandboxResponse } from '../../router.js';
import type { IdentityProvider } from '../store/identity-providers.js';
import type { State } from '../store/state.js';

/**
 * Requires all users of a provider to change their passwords. Only providers of the type `uaa` that
 * have a password policy support this; the response for others has status 422.
 *
 * @param find - finds the provider or throws ErrorResponse 404. Called after the body was checked.
 */
export function updateProviderStatus(
  request: SandboxRequest,
  { providers, now }: State,
  find: () => IdentityProvider,
): SandboxResponse {
  const isRequired = readStatus(request);
  const provider = find();
  const body = isRequired === undefined ? {} : { requirePasswordChange: isRequired };
  const policy = provider.config?.['passwordPolicy'];
  if (isRequired !== true || provider.type !== 'uaa' || !isObject(policy)) {
    return { ...json(422, body) };
  }
  const time = now();
  const passwordPolicy = { ...policy, passwordNewerThan: time };
  const config = { ...provider.config, passwordPolicy };
  providers.put({ ...provider, config, version: provider.version + 1, modifiedAt: time });
  return json(200, body);
}

/** @returns undefined if the status is missing. @throws ErrorResponse 400 if it is invalid. */
function readStatus(request: SandboxRequest): boolean | undefined {
  const body = readJsonBody(request);
  if (!isObject(body)) throw statusError(request, 400);
  const value = body['requirePasswordChange'] ?? undefined;
  const text = toNodeText(value) ?? '';
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'number') return value !== 0;
  if (!['true', 'false'].includes(text)) throw statusError(request, 400);
  return text === 'true';
}
