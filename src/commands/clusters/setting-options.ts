import { Option } from 'commander';
import { withCompleter, withFileNames } from '../../completion/completer.js';
import { knownNames, type NameDeps } from '../known-names.js';

/** Options that say what a cluster is to be. @see pks-cli, sections 1.3 and 2.3 */
export function settingOptions(deps: NameDeps): Option[] {
  return [...sizeOptions(), ...profileOptions(deps), tagsOption(), ...fileOptions()];
}

export function sizeOptions(): Option[] {
  return [
    new Option('-n, --num-nodes <number>', 'number of workers'),
    new Option(
      '--node-pool-instances <list>',
      'workers of the compute profile’s pools, e.g. pool-a:3,pool-b:7 (TKGI 1.9)',
    ),
  ];
}

export function tagsOption(): Option {
  return new Option('--tags <list>', 'tags of the machines: key:value or key, comma between');
}

function profileOptions(deps: NameDeps): Option[] {
  return [
    withCompleter(
      new Option('--network-profile <name>', 'network profile'),
      knownNames('network-profiles', deps),
    ),
    withCompleter(
      new Option('--kubernetes-profile <name>', 'Kubernetes profile'),
      knownNames('kubernetes-profiles', deps),
    ),
    withCompleter(
      new Option('--compute-profile <name>', 'compute profile (TKGI 1.9)'),
      knownNames('compute-profiles', deps),
    ),
  ];
}

function fileOptions(): Option[] {
  return [
    withFileNames(
      new Option('--config-file <file>', 'JSON or YAML file with more settings (TKGI 1.10)'),
    ),
    withFileNames(
      new Option('--private-registries <file>', 'JSON or YAML file of registries (TKGI 1.20)'),
    ),
  ];
}
