import { createBrokerLine } from './broker-line.js';
import { changeAccess, type ChangeAccess } from './change-access.js';
import { clusterAccess, type ClusterAccess } from './cluster-access.js';
import { profileAccess, type ProfileAccess } from './profile-access.js';
import { quotaAccess, type QuotaAccess } from './quota-access.js';
import { taskAccess, type TaskAccess } from './task-access.js';

/** What the API asks the broker. All throw when it fails: `ErrorResponse` where it says why. */
export interface BrokerAccess
  extends ClusterAccess, ChangeAccess, TaskAccess, ProfileAccess, QuotaAccess {}

/** @param origin - where the broker listens. */
export function createBrokerAccess(
  origin: string,
  credentials: { readonly username: string; readonly password: string },
): BrokerAccess {
  const line = createBrokerLine(origin, credentials);
  return {
    ...clusterAccess(line),
    ...changeAccess(line),
    ...taskAccess(line),
    ...profileAccess(line),
    ...quotaAccess(line),
  };
}
