import { Option, type Command } from 'commander';
import type { KubeconfigFormat } from '../../domain/kube/user-entry.js';
import { withFileNames, validateName } from '../completers.js';
import { formatFlags } from '../session/login-options.js';

export interface KubeconfigFlags {
  readonly kubeconfig?: string;
  readonly kubeconfigFormat?: KubeconfigFormat;
  readonly contextName?: string;
  /** `false` after `--no-switch`. */
  readonly switch: boolean;
  readonly print?: boolean;
  readonly server?: string;
  readonly namespace?: string;
}

const formats: readonly KubeconfigFormat[] = ['exec', 'oidc', 'token'];

/** Creates the option of commands that read or change the kubeconfig. */
export function kubeconfigOption(): Option {
  return withFileNames(
    new Option('--kubeconfig <path>', 'kubeconfig file (default: ~/.kube/config) [KUBECONFIG]'),
  );
}

/** Adds the options of the commands that write the entries of a cluster to a kubeconfig. */
export function addKubeconfigOptions(command: Command): Command {
  return command
    .addOption(kubeconfigOption())
    .addOption(
      new Option(
        '--kubeconfig-format <format>',
        'exec: kubectl gets tokens from tpks; oidc: kubectl renews the token; token: no renewal (default: exec, or oidc if run as pks or tkgi)',
      ).choices(formats),
    )
    .option(
      '--context-name <name>',
      'name of the kubeconfig context (default: CLUSTER, or CLUSTER@HOST if another installation uses CLUSTER)',
      (name: string) => validateName(name, 'The name of the context'),
    )
    .option('--no-switch', 'do not change the current context of the kubeconfig')
    .addOption(
      new Option(
        '--print',
        'print a kubeconfig instead of changing a file; other text goes to stderr',
      ).conflicts('kubeconfig'),
    )
    .option(
      '--server <address>',
      'IP address or URL of the Kubernetes API, if its hostname is not in DNS',
    )
    .option('--namespace <name>', 'default namespace of the context', (name: string) =>
      validateName(name, 'The namespace'),
    );
}

/** Formats the options that were given, so that a hint can repeat the command. */
export function formatKubeconfigFlags(flags: KubeconfigFlags): readonly string[] {
  return formatFlags({
    '--kubeconfig': flags.kubeconfig,
    '--kubeconfig-format': flags.kubeconfigFormat,
    '--context-name': flags.contextName,
    '--no-switch': !flags.switch,
    '--print': flags.print,
    '--server': flags.server,
    '--namespace': flags.namespace,
  });
}
