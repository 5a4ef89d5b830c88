import { argv, geteuid } from 'node:process';
import { findProxyVariables, type Environment } from '../config/environment.js';
import { createProxy } from '../http/proxy.js';
import { readSystemRoots } from '../http/system-roots.js';
import type { ProxySetting } from './connection.js';
import { createDoctor, type Doctor, type DoctorDeps } from './doctor.js';
import { createLookup } from './lookup.js';
import { createNetworkProbes } from './network-probes.js';
import { createRunProgram } from './run-program.js';

type ServiceDeps = Omit<DoctorDeps, 'ownProcess' | 'probes' | 'runProgram' | 'proxy'>;

/** Creates a doctor that checks this machine and its network. */
export function createLocalDoctor(deps: ServiceDeps): Doctor {
  const { env } = deps;
  const runProgram = createRunProgram(deps);
  const systemRoots = () => readSystemRoots(env);
  return createDoctor({
    ...deps,
    runProgram,
    ownProcess: { program: argv[1] ?? '', user: geteuid?.() },
    probes: { lookup: createLookup(runProgram), ...createNetworkProbes(systemRoots) },
    proxy: findProxySetting(env, systemRoots),
  });
}

function findProxySetting(
  env: Environment,
  systemRoots: () => readonly string[],
): ProxySetting | undefined {
  const variables = findProxyVariables(env);
  if (variables === undefined) return undefined;
  // The result omits the address, because it can contain a password.
  const { variable, noProxy } = variables;
  return { variable, noProxy, create: () => createProxy({ ...variables, systemRoots }) };
}
