import type * as v from 'valibot';
import { checkConfirmation } from '../http/confirmation.js';
import { checkSegment } from '../http/path-segment.js';
import { checked, checkedList, orNotFound, type PksApi } from './api.js';
import { sayingWhatIsUnknown } from './outcome.js';

/** What the three families of profiles have in common. */
export interface Profiles<Profile, Request> {
  /** @throws {TpksError} `unauthenticated`, `forbidden`, `unavailable` */
  readonly list: () => Promise<Profile[]>;
  /** @throws {TpksError} `notFound`, also if it belongs to another user */
  readonly get: (name: string) => Promise<Profile>;
  /**
   * @returns what the API answered; `undefined` for nothing, which is what it is said to answer.
   * @throws {TpksError} `forbidden`; `conflict` or `failed`, in the API's words
   */
  readonly create: (request: Request) => Promise<unknown>;
  /** @throws {TpksError} `notFound`, `forbidden`; `conflict` or `failed` while clusters use it */
  readonly remove: (name: string) => Promise<void>;
}

export interface ProfileFamily<S extends v.GenericSchema, Request> {
  /** Of its route, e.g. `network-profiles`. */
  readonly route: string;
  /** As the original calls one, e.g. `network profile`. */
  readonly noun: string;
  readonly schema: S;
  /** As it is sent. */
  readonly body: (request: Request) => unknown;
}

export function createProfiles<
  S extends v.GenericSchema,
  Request extends { readonly name: string },
>(
  api: PksApi,
  { route, noun, schema, body }: ProfileFamily<S, Request>,
): Profiles<v.InferInput<S>, Request> {
  const named = <T>(name: string, answer: Promise<T>) => {
    const what = `${noun.charAt(0).toUpperCase()}${noun.slice(1)} ${name}`;
    return orNotFound(answer, what, `tpks ${route} lists those you may see`);
  };
  const confirmed = (answer: unknown) => {
    checkConfirmation('The PKS API', schema, answer);
    return answer;
  };
  return {
    list: async () => checkedList(schema, await api.read([route]), `a ${noun}`),
    get: async (name) => checked(schema, await named(name, api.read([route, name])), `a ${noun}`),
    create: async (request) => {
      checkSegment(request.name);
      const answer = api.write('POST', [route], body(request)).then(confirmed);
      return sayingWhatIsUnknown(answer, `tpks ${route}`);
    },
    remove: async (name) => {
      const answer = api.write('DELETE', [route, name]).then(confirmed);
      await sayingWhatIsUnknown(named(name, answer), `tpks ${route}`);
    },
  };
}
