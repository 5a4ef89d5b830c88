import { json, route } from '../../router.js';
import type { Route } from '../../router.js';
import { containerError } from '../container-error.js';
import { parameters } from '../parameters.js';

/**
 * `/password/score`: long deprecated in 4.30.0, where it takes any password and measures none.
 *
 * @see https://github.com/cloudfoundry/uaa/pull/1104, which took it out
 */
export function passwordScoreRoutes(): readonly Route[] {
  return [
    route('POST', '/password/score', (request) => {
      if (!parameters(request).has('password')) throw containerError(request, 400);
      const headers = { 'x-cf-warnings': 'Endpoint+deprecated' };
      return json(200, { score: 0, requiredScore: 0 }, headers);
    }),
  ];
}
