import {
  empty,
  route,
  toErrorResponse,
  type Params,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../../router.js';
import { addCookies } from '../browser/cookies.js';
import { listAllowedMethods } from '../http/filter-chain.js';
import { containerError, readParameters } from '../http/servlet-container.js';
import type { ClientReference } from './page-html.js';
import { createVisit, type Visit } from './visit.js';
import { renderView, type View } from './view.js';
import type { Realm } from '../realm.js';

type Result = View | SandboxResponse;

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** The handlers of a path by method; `any` handles all methods. */
export type Handlers<Context> = Readonly<
  Partial<Record<Method | 'any', (context: Context, params: Params) => Result>>
>;

/** Creates the route of a page. It handles all methods, so that it can reject unsupported ones. */
export function pageRoute({ state }: Realm, path: string, handlers: Handlers<Visit>): Route {
  return route('*', path, (request, params) => {
    const visit = createVisit(request, state);
    return addCookies(respond(request, visit, handlers, params), visit.cookies);
  });
}

/** Calls the handler of the method, and renders views and errors. */
export function respond<Context>(
  request: SandboxRequest,
  context: Context,
  handlers: Handlers<Context>,
  params: Params = {},
): SandboxResponse {
  try {
    const handler = findHandler(request, handlers);
    if (!handler) {
      const methods = handlers.any ? ['*'] : Object.keys(handlers);
      return empty(200, { allow: listAllowedMethods(methods) });
    }
    const result = handler(context, params);
    return 'html' in result ? renderView(request, result) : result;
  } catch (error) {
    return toErrorResponse(error);
  }
}

/** @returns undefined for OPTIONS. @throws ErrorResponse 405. */
function findHandler<Context>(request: SandboxRequest, handlers: Handlers<Context>) {
  const { method } = request;
  if (method === 'OPTIONS') return undefined;
  const name = method === 'HEAD' ? 'GET' : method;
  const handler = handlers.any ?? (isKnown(name, handlers) ? handlers[name] : undefined);
  if (handler) return handler;
  throw containerError(request, 405, { allow: Object.keys(handlers).join(', ') });
}

function isKnown<Context>(name: string, handlers: Handlers<Context>): name is Method {
  return Object.hasOwn(handlers, name);
}

/** Reads required parameters. @throws ErrorResponse 400 if one of them is missing. */
export function requireParameters<const Name extends string>(
  request: SandboxRequest,
  ...names: readonly Name[]
): Record<Name, string> {
  const parameters = readParameters(request);
  const entries = names.map((name): [Name, string] => {
    const value = parameters.get(name);
    if (value === null) throw containerError(request, 400);
    return [name, value];
  });
  return Object.fromEntries(entries) as Record<Name, string>;
}

/** Reads the client that the user came from, and the page of the client to return to. */
export function readClient(request: SandboxRequest): ClientReference {
  const parameters = readParameters(request);
  return {
    client_id: parameters.get('client_id'),
    redirect_uri: parameters.get('redirect_uri'),
  };
}
