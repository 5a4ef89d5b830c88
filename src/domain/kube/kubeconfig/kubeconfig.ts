import type { Clock } from '../../../base/clock.js';
import type { JsonObject } from '../../../base/json-value.js';
import type { KubeconfigFormat } from '../user-entry.js';
import { changeText } from './document.js';
import {
  changeSessionName,
  chooseContextNames,
  containsToken,
  emptyConfig,
  findEntry,
  findReplacedServers,
  findSessionName,
  listEntries,
  listOwnContexts,
  removeContext,
  setAllEntries,
  setEntry,
  type ClusterEntries,
  type Configs,
  type OwnContext,
  type ReplacedServer,
} from './entries.js';
import { withFilesLocked } from './file-locks.js';
import {
  checkTokenFile,
  readStoredFile,
  writeStoredFiles,
  type KubeconfigFiles,
  type StoredFile,
} from './storage.js';

export interface MergeResult {
  /** The file that `current-context` and new entries were written to. */
  readonly path: string;
  /** The names of the contexts, in the order of the entries. */
  readonly contextNames: readonly string[];
  /** The new current context; `undefined` if it was left unchanged. */
  readonly currentContext: string | undefined;
  readonly replaced: readonly ReplacedServer[];
  /** Files that other users can read and that now contain a token. */
  readonly readableFiles: readonly string[];
}

/** The files that kubectl reads. They belong to the user and to other tools. */
export interface Kubeconfig {
  /** Returns the path of the file that new entries are written to. */
  readonly locate: () => Promise<string>;
  /**
   * Checks that the files can be parsed, and that a token can be written to the file for new entries. Called
   * before a token is requested. If there are several files, only `merge` checks where the token is written,
   * because any of them can contain the user entry.
   * @param format - the format of the user entry; `undefined` is the default.
   * @throws {TpksError} `usage` for a file that cannot be parsed; `storage` if a token would be written to a file
   *   that belongs to another user or that other users can read.
   */
  readonly check: (format: KubeconfigFormat | undefined) => Promise<void>;
  /**
   * Adds or replaces entries. Everything else in the files stays unchanged.
   * @param options.currentContext - the `contextName` of the entries whose context becomes the current
   *   one; `undefined` leaves it unchanged.
   * @throws {TpksError} `usage` for a file that cannot be parsed, which stays unchanged; `storage`
   *   if a file cannot be read or written, if another program holds its lock for more than 5 s, or if
   *   a token would be written to a file that `check` rejects.
   */
  readonly merge: (
    entries: readonly ClusterEntries[],
    options: { readonly currentContext: string | undefined },
  ) => Promise<MergeResult>;
  /** @returns the value of a user entry. @throws {TpksError} `usage`, `storage` */
  readonly findUser: (name: string) => Promise<JsonObject | undefined>;
  /** Lists the contexts that tpks created, in the order of the files. @throws {TpksError} `usage`, `storage` */
  readonly listOwn: () => Promise<readonly OwnContext[]>;
  /**
   * Removes contexts, and the cluster and user entries that no other context uses.
   * @returns the contexts that were removed. @throws {TpksError} the same errors as `merge`
   */
  readonly remove: (contextNames: readonly string[]) => Promise<readonly OwnContext[]>;
  /**
   * Replaces the name of a Kubernetes session in the user entries that pass it to `kube-credential`.
   * @throws {TpksError} the same errors as `merge`
   */
  readonly renameSession: (name: string, newName: string) => Promise<void>;
  /**
   * Formats the entries as a new kubeconfig, for `--print`.
   * @returns YAML
   */
  readonly format: (
    entries: readonly ClusterEntries[],
    options: { readonly currentContext: string | undefined },
  ) => Promise<string>;
}

export interface KubeconfigDeps {
  readonly files: KubeconfigFiles;
  readonly clock: Clock;
  /** The format of entries if `--kubeconfig-format` is absent. */
  readonly defaultFormat: KubeconfigFormat;
  /** Whether to write tokens to files that other users can read, as the original CLI does. */
  readonly acceptsReaders: boolean;
}

export function createKubeconfig({
  files,
  clock,
  defaultFormat,
  acceptsReaders,
}: KubeconfigDeps): Kubeconfig {
  const { paths, target: targetPath } = files;
  const target = paths.indexOf(targetPath);
  const load = () => Promise.all(paths.map(readStoredFile));
  const loadConfigs = async () => (await load()).map(({ config }) => config);
  /** @param work - returns the new values of the files. */
  const change = async (work: (configs: Configs) => Configs | Promise<Configs>) =>
    withFilesLocked(files, clock, async () => {
      const stored: readonly StoredFile[] = await load();
      const configs = await work(stored.map(({ config }) => config));
      await writeStoredFiles(stored, configs);
    });

  return {
    locate: () => Promise.resolve(targetPath),
    check: async (format = defaultFormat) => {
      await load();
      if (format !== 'exec' && paths.length === 1) await checkTokenFile(targetPath, acceptsReaders);
    },
    merge: async (entries, { currentContext }) => {
      let replaced: readonly ReplacedServer[] = [];
      let finalEntries = entries;
      let newContext: string | undefined;
      const readableFiles: string[] = [];
      await change(async (old) => {
        finalEntries = chooseContextNames(old, entries);
        replaced = findReplacedServers(old, finalEntries);
        const index = entries.findIndex(({ contextName }) => contextName === currentContext);
        newContext = finalEntries[index]?.contextName;
        const configs = setAllEntries(old, finalEntries, newContext, target);
        const userFiles = entries
          .filter(({ user }) => containsToken(user))
          .map(({ userName }) => findEntry(configs, 'users', userName)?.file ?? target);
        for (const path of new Set(userFiles.map((file) => paths[file] ?? targetPath))) {
          if (await checkTokenFile(path, acceptsReaders)) readableFiles.push(path);
        }
        return configs;
      });
      const contextNames = finalEntries.map(({ contextName }) => contextName);
      return {
        ...{ path: targetPath, contextNames, currentContext: newContext, replaced, readableFiles },
      };
    },
    findUser: async (name) => findEntry(await loadConfigs(), 'users', name)?.value,
    listOwn: async () => listOwnContexts(paths, await loadConfigs()),
    remove: async (contextNames) => {
      const findRemoved = (configs: Configs) =>
        listOwnContexts(paths, configs).filter(({ name }) => contextNames.includes(name));
      let removed = findRemoved(await loadConfigs());
      // Without a change, no lock and no folder are created.
      if (removed.length === 0) return [];
      await change((configs) => {
        removed = findRemoved(configs);
        return removed.reduce(removeContext, configs);
      });
      return removed;
    },
    renameSession: async (name, newName) => {
      await change((configs) =>
        listEntries(configs, 'users')
          .filter(({ value }) => findSessionName(value) === name)
          .reduce(
            (current: Configs, user) =>
              setEntry(current, { list: 'users', name: user.name, target }, (value) =>
                changeSessionName(value, newName),
              ),
            configs,
          ),
      );
    },
    format: (entries, { currentContext }) => {
      const [config = emptyConfig] = setAllEntries([emptyConfig], entries, currentContext, 0);
      return Promise.resolve(changeText('the kubeconfig', '', config));
    },
  };
}
