import type * as v from 'valibot';
import type { Send } from '../http/send.js';
import { createPksResource, type PksResource, type PksResourceType } from './resource.js';

/** A profile as a user writes it. Unknown fields are sent too. */
export interface ProfileRequest {
  readonly name: string;
  readonly [member: string]: unknown;
}

/** The operations on each of the three kinds of profiles. */
export interface Profiles<Profile, Request = ProfileRequest> extends Pick<
  PksResource<Profile>,
  'list' | 'get' | 'remove'
> {
  /** @returns the new profile if the API sends it. @throws {TpksError} `conflict` or `failed` */
  readonly create: (request: Request) => Promise<Profile | undefined>;
}

/**
 * @param toBody - what the API expects for a request; the request itself if absent.
 */
export function createProfiles<
  Schema extends v.GenericSchema,
  Request extends { readonly name: string } = ProfileRequest,
>(
  send: Send,
  origin: string,
  type: PksResourceType<Schema>,
  toBody: (request: Request) => unknown = (request) => request,
): Profiles<v.InferInput<Schema>, Request> {
  const { list, get, create, remove } = createPksResource(send, origin, type);
  return { list, get, remove, create: (request) => create(request.name, toBody(request)) };
}
