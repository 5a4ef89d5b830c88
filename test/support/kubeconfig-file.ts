import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from './bundle.js';
import { runtimeWords } from './spawned.js';
import { withFolder } from './temporary-folder.js';

/** A kubeconfig with a context that does not belong to tpks. */
export const oldText = `# mine
apiVersion: v1
kind: Config
clusters:
- {name: prod, cluster: {server: https://prod:6443}} # prod
contexts:
- {name: prod, context: {cluster: prod, user: admin}}
users:
- {name: admin, user: {token: secret}}
`;

let bundled: Promise<string> | undefined;

/** Runs `kubeconfig-program.ts` with a kubeconfig in a new folder. */
export async function withFile(
  body: (scene: {
    readonly folder: string;
    /** Path of the program. */
    readonly program: string;
    readonly path: string;
    readonly read: () => string;
    readonly run: (
      words: readonly string[],
      options?: {
        readonly env?: Readonly<Record<string, string>>;
        readonly through?: readonly string[];
      },
    ) => { code: number | null; stdout: string; stderr: string };
  }) => Promise<void> | void,
): Promise<void> {
  bundled ??= bundle('test/support/kubeconfig-program.ts');
  const program = await bundled;
  await withFolder(async (folder) => {
    const path = join(folder, 'kube', 'config');
    mkdirSync(join(folder, 'kube'));
    writeFileSync(path, oldText, { mode: 0o640 });
    chmodSync(path, 0o640);
    await body({
      folder: join(folder, 'kube'),
      program,
      path,
      read: () => readFileSync(path, 'utf8'),
      run: (words, { env = {}, through = [] } = {}) => {
        const [command = '', ...args] = [...through, ...runtimeWords(program), ...words];
        const variables = { ...process.env, KUBECONFIG: path, ...env };
        const result = spawnSync(command, args, { encoding: 'utf8', env: variables });
        return { code: result.status, stdout: result.stdout, stderr: result.stderr };
      },
    });
  });
}
