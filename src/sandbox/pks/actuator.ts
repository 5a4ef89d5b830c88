import { json, route, type Route } from '../router.js';
import { readers, type Guard } from './guard.js';

/** The type that Spring Boot 2 gives these answers. @see pks-api, section 1 */
const actuatorType = {
  'content-type': 'application/vnd.spring-boot.actuator.v2+json;charset=UTF-8',
};

/** The login probe, and whether the API is up, which everybody may ask. */
export function actuatorRoutes(guarded: Guard): Route[] {
  return [
    route(
      'GET',
      '/actuator/info',
      guarded(readers, () => json(200, {}, actuatorType)),
    ),
    route('GET', '/actuator/health', () => json(200, { status: 'UP' }, actuatorType)),
  ];
}
