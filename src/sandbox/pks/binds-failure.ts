import { busyDescription } from '../broker/changes.js';
import type { Cluster } from '../broker/cluster.js';
import {
  formatBindingUrl,
  formatRefusedConnection,
  oidcBindingName,
} from '../kubernetes/client.js';
import { ErrorResponse, html, json } from '../router.js';
import { createBrokerFailure } from './broker-client.js';

/**
 * A failure of requests for credentials, for tests. `busy`: the broker rejects two of three requests
 * for a cluster. `refused`: the cluster refuses the connection. `bad-gateway`: a load balancer rejects
 * the response.
 *
 * @see kubernetes, section 2
 */
export type BindsErrorKind = 'busy' | 'refused' | 'bad-gateway';

/** Throws the response of the selected failure; does nothing if the request succeeds. */
export type SimulateBindsError = (
  cluster: Cluster,
  userName: string,
  options: { readonly bindsRole: boolean },
) => void;

const busyResponses = 2;

/** @param kind - undefined for no failure. */
export function createBindsErrorSimulation(kind: BindsErrorKind | undefined): SimulateBindsError {
  const busyCounts = new Map<string, number>();

  function rejectAsBusy({ uuid }: Cluster): void {
    const count = busyCounts.get(uuid) ?? 0;
    busyCounts.set(uuid, (count + 1) % (busyResponses + 1));
    if (count < busyResponses) throw busyError();
  }

  return (cluster, userName, { bindsRole }) => {
    if (kind === 'bad-gateway') throw new ErrorResponse(html(502, badGatewayPage));
    if (kind === 'busy') rejectAsBusy(cluster);
    if (kind === 'refused' && bindsRole) throw refusedError(cluster, userName);
  };
}

/** @see pks-api, section 8 */
export function busyError(): ErrorResponse {
  return new ErrorResponse(json(409, { body: busyDescription }), busyDescription);
}

function refusedError({ kubernetes_master_ips: ips }: Cluster, userName: string): ErrorResponse {
  const address = `${ips[0] ?? '10.0.0.1'}:8443`;
  const url = formatBindingUrl(`https://${address}`, oidcBindingName(userName));
  return createBrokerFailure(`Create Binding: Put ${url}: ${formatRefusedConnection(address)}`);
}

/** The error page of a load balancer that limits the size of response headers. */
const badGatewayPage =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n' +
  '<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n';
