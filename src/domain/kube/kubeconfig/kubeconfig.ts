import type { Clock } from '../../../base/clock.js';
import { once } from '../../../base/lazy.js';
import type { KubeconfigFormat } from '../user-entry.js';
import { changeText } from './document.js';
import {
  chooseContextNames,
  containsToken,
  emptyConfig,
  findEntry,
  findReplacedServers,
  listOwnContexts,
  removeContext,
  renameSession,
  setAllEntries,
  type ClusterEntries,
  type Configs,
  type OwnContext,
  type ReplacedServer,
} from './entries.js';
import {
  withFilesLocked,
  checkTokenFile,
  readStoredFile,
  writeStoredFiles,
  type KubeconfigFiles,
} from './storage.js';

export interface MergeResult {
  /** The file that `current-context` and new entries were written to. */
  readonly path: string;
  readonly contextNames: readonly string[];
  /** The new current context; `undefined` if it was left unchanged. */
  readonly currentContext: string | undefined;
  readonly replaced: readonly ReplacedServer[];
  /** Files that other users can read and that now contain a token. */
  readonly readableFiles: readonly string[];
}

export interface KubeconfigDeps {
  readonly files: KubeconfigFiles;
  readonly clock: Clock;
  readonly defaultFormat: KubeconfigFormat;
  /** Whether to write tokens to files that other users can read, as the original CLI does. */
  readonly allowsOtherReaders: boolean;
}

interface CurrentContextOption {
  /** A `contextName` of the entries; `undefined` keeps the current context. */
  readonly currentContext: string | undefined;
}

type Change<Result> = Readonly<{ configs: Configs; result: Result }>;

export type Kubeconfig = ReturnType<typeof createKubeconfig>;

/** The files that kubectl reads. They belong to the user and to other tools. */
export function createKubeconfig({
  files,
  clock,
  defaultFormat,
  allowsOtherReaders,
}: KubeconfigDeps) {
  const { paths, target: targetPath } = files;
  const target = paths.indexOf(targetPath);
  const load = () => Promise.all(paths.map(readStoredFile));
  const loadConfigs = async () => (await load()).map(({ config }) => config);
  // The files are parsed only once, even if there are many clusters without OpenID Connect.
  const loadUsers = once(loadConfigs);
  const change = async <Result>(
    work: (configs: Configs) => Change<Result> | Promise<Change<Result>>,
  ) =>
    withFilesLocked(files, clock, async () => {
      const stored = await load();
      const { configs, result } = await work(stored.map(({ config }) => config));
      await writeStoredFiles(stored, configs);
      return result;
    });
  /** Checks the files in which a token will be stored. @returns the files that other users can read */
  const checkTokenFiles = async (configs: Configs, entries: readonly ClusterEntries[]) => {
    const userFiles = entries
      .filter(({ user }) => containsToken(user))
      .map(({ userName }) => findEntry(configs, 'users', userName)?.file ?? target);
    const readableFiles: string[] = [];
    for (const path of new Set(userFiles.map((file) => paths[file] ?? targetPath))) {
      if (await checkTokenFile(path, allowsOtherReaders)) readableFiles.push(path);
    }
    return readableFiles;
  };

  return {
    locate: () => Promise.resolve(targetPath),
    /**
     * Checks that the files can be parsed, and that a token can be written to the file for new entries. With
     * several files, only `merge` checks where the token is written, because any of them can contain the
     * user entry.
     * @throws {TpksError} `usage` for a file that cannot be parsed; `storage` if a token would be written
     *   to a file that belongs to another user or that other users can read.
     */
    check: async (format: KubeconfigFormat = defaultFormat) => {
      await load();
      if (format !== 'exec' && paths.length === 1)
        await checkTokenFile(targetPath, allowsOtherReaders);
    },
    /**
     * Adds or replaces entries. Everything else in the files stays unchanged.
     * @throws {TpksError} `usage` for a file that cannot be parsed; `storage` if a file cannot be read or
     *   written, is locked for more than 5 s, or would contain a token that `check` rejects.
     */
    merge: (
      entries: readonly ClusterEntries[],
      { currentContext }: CurrentContextOption,
    ): Promise<MergeResult> =>
      change(async (old) => {
        const { finalEntries, newContext, configs } = addEntries(
          old,
          entries,
          currentContext,
          target,
        );
        const result = {
          path: targetPath,
          contextNames: finalEntries.map(({ contextName }) => contextName),
          currentContext: newContext,
          replaced: findReplacedServers(old, finalEntries),
          readableFiles: await checkTokenFiles(configs, entries),
        };
        return { configs, result };
      }),
    /** @returns the value that a user entry had before any change. @throws {TpksError} `usage`, `storage` */
    findUser: async (name: string) => findEntry(await loadUsers(), 'users', name)?.value,
    /** Lists the contexts that tpks created, in the order of the files. @throws {TpksError} `usage`, `storage` */
    listOwn: async () => listOwnContexts(paths, await loadConfigs()),
    /** Also removes entries that no other context uses. @returns the removed contexts. @throws as `merge` */
    remove: async (contextNames: readonly string[]): Promise<readonly OwnContext[]> => {
      const findRemoved = (configs: Configs) =>
        listOwnContexts(paths, configs).filter(({ name }) => contextNames.includes(name));
      // Without a change, no lock and no folder are created.
      if (findRemoved(await loadConfigs()).length === 0) return [];
      return change((configs) => {
        const removed = findRemoved(configs);
        return { configs: removed.reduce(removeContext, configs), result: removed };
      });
    },
    /** Renames a Kubernetes session in the user entries. @throws as `merge` */
    renameSession: (name: string, newName: string): Promise<void> =>
      change((configs) => ({ configs: renameSession(configs, name, newName), result: undefined })),
    /** Formats the entries as a new kubeconfig in YAML, for `--print`. */
    format: (entries: readonly ClusterEntries[], { currentContext }: CurrentContextOption) => {
      const { configs } = addEntries([emptyConfig], entries, currentContext, 0);
      return Promise.resolve(changeText('the kubeconfig', '', configs[0] ?? emptyConfig));
    },
  };
}

/** Adds or replaces entries, with the names that `chooseContextNames` chooses. */
function addEntries(
  old: Configs,
  entries: readonly ClusterEntries[],
  currentContext: string | undefined,
  target: number,
) {
  const finalEntries = chooseContextNames(old, entries);
  const index = entries.findIndex(({ contextName }) => contextName === currentContext);
  const newContext = finalEntries[index]?.contextName;
  const configs = setAllEntries(old, finalEntries, newContext, target);
  return { finalEntries, newContext, configs };
}
