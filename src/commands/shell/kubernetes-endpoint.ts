import { Option, type Command } from 'commander';
import { TpksError } from '../../errors.js';
import type { Terminal } from '../../terminal/terminal.js';
import { readCaCertOption, withInputFile } from '../stdin-inputs.js';

export interface KubernetesFlags {
  readonly kubernetes?: string;
  readonly kubernetesCa?: string;
  readonly kubernetesTokenFile?: string;
}

/** An API server, with the token of an administrator. */
interface Endpoint {
  readonly server: string;
  /** PEM. */
  readonly ca: string;
  readonly adminToken: string;
}

/** Adds the options for a real API server behind the sandbox's clusters. */
export function addKubernetesOptions(command: Command): Command {
  return command
    .option('--kubernetes <url>', 'use this Kubernetes API for all clusters')
    .addOption(
      withInputFile(new Option('--kubernetes-ca <path>', 'PEM file of its CA; - for stdin')),
    )
    .addOption(
      withInputFile(
        new Option(
          '--kubernetes-token-file <path>',
          'file that contains the token of its administrator; - for stdin',
        ),
      ),
    );
}

/**
 * Reads the files of the API server.
 * @returns `undefined` if none of the options is set.
 * @throws {TpksError} `usage` if only some are set, if the URL is invalid, or if a file cannot be used.
 */
export async function readKubernetesEndpoint(
  { kubernetes, kubernetesCa, kubernetesTokenFile }: KubernetesFlags,
  terminal: Pick<Terminal, 'readStdin'>,
): Promise<Endpoint | undefined> {
  const values = { kubernetes, kubernetesCa, kubernetesTokenFile };
  if (Object.values(values).every((value) => value === undefined)) return undefined;
  if (kubernetes === undefined || kubernetesCa === undefined || kubernetesTokenFile === undefined) {
    throw new TpksError(
      'usage',
      'An external Kubernetes API requires --kubernetes, --kubernetes-ca and --kubernetes-token-file',
      { hint: 'pass all three options, or none of them' },
    );
  }
  if (!/^https:\/\//.test(kubernetes) || !URL.canParse(kubernetes)) {
    throw new TpksError(
      'usage',
      `Invalid value for --kubernetes: ${kubernetes} (expected a URL such as https://10.0.0.5:6443)`,
      { hint: 'pass the URL of the API server: tpks sandbox --kubernetes https://10.0.0.5:6443' },
    );
  }
  const [{ readCaCert }, { readSecretFile }] = await Promise.all([
    import('../../config/ca-cert.js'),
    import('../../auth/credentials.js'),
  ]);
  const ca = (await readCaCertOption(kubernetesCa, terminal, '--kubernetes-ca')) ?? '';
  const source = '--kubernetes-token-file';
  const secret = await readSecretFile(kubernetesTokenFile, source, terminal.readStdin);
  const adminToken = secret.reveal().trim();
  if (adminToken === '') {
    throw new TpksError('usage', `The file in ${source} is empty`, {
      hint: 'create a token: kubectl create token NAME > admin.token',
    });
  }
  return { server: kubernetes, ca: readCaCert(ca), adminToken };
}
