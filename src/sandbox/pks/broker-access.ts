import { createBrokerLine } from './broker-line.js';
import { changeAccess, type ChangeAccess } from './change-access.js';
import { clusterAccess, type ClusterAccess } from './cluster-access.js';

/** What the API asks the broker. All throw when it fails: `Refused` where it says why. */
export interface BrokerAccess extends ClusterAccess, ChangeAccess {}

/** @param origin - where the broker listens. */
export function createBrokerAccess(
  origin: string,
  credentials: { readonly username: string; readonly password: string },
): BrokerAccess {
  const line = createBrokerLine(origin, credentials);
  return { ...clusterAccess(line), ...changeAccess(line) };
}
