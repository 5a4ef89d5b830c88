import type * as v from 'valibot';
import type { Send } from '../http/send.js';
import { quoteForShell } from '../shell-quote.js';
import { createPksResource, type PksResource, type PksResourceType } from './resource.js';

/** A profile in the format of the user's file. Unknown fields are sent too. */
export interface ProfileRequest {
  readonly name: string;
  readonly [field: string]: unknown;
}

/** The operations that all three kinds of profiles have. */
export interface Profiles<Profile, Request = ProfileRequest> extends Pick<
  PksResource<Profile>,
  'list' | 'get' | 'remove'
> {
  /** @returns the new profile; `undefined` if the API does not send it. @throws {TpksError} `conflict` or `failed` */
  readonly create: (request: Request) => Promise<Profile | undefined>;
}

/** @param toBody - converts a request to the body that the API expects; by default, they are the same. */
export function createProfiles<
  Schema extends v.GenericSchema,
  Request extends { readonly name: string } = ProfileRequest,
>(
  send: Send,
  origin: string,
  type: PksResourceType<Schema>,
  toBody: (request: Request) => unknown = (request) => request,
): Profiles<v.InferInput<Schema>, Request> {
  const { list, get, create, remove } = createPksResource(send, origin, {
    ...type,
    existsHint: explainExisting(type.route),
  });
  return { list, get, remove, create: (request) => create(request.name, toBody(request)) };
}

/** Profiles cannot be updated. */
function explainExisting(route: string): (name: string) => string {
  const command = route.replace(/s$/, '');
  return (rawName) => {
    const name = quoteForShell(rawName);
    return `show the profile: tpks ${command} ${name}\nreplace it: tpks delete-${command} ${name}, then create it again`;
  };
}
