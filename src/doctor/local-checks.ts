import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { isOn } from '../config/environment.js';
import { locatePksCreds, locateUaacFile } from '../config/folders.js';
import type { Settings } from '../config/settings.js';
import { findExecutable } from '../disk/find-executable.js';
import { isTpksError } from '../errors.js';
import type { Check } from './check.js';
import { checkCompletion } from './completion.js';
import type { DoctorDeps } from './doctor.js';
import {
  checkCaFiles,
  checkFiles,
  checkLocks,
  checkPlainTextFiles,
  findPlainTextFiles,
  listLocks,
  listStoredFiles,
} from './files.js';
import {
  checkKubeconfig,
  checkKubectl,
  checkLink,
  checkOwnProgram,
  findPrograms,
} from './programs.js';
import type { RunProgram } from './run-program.js';

export interface LocalDeps extends Pick<
  DoctorDeps,
  'env' | 'platform' | 'clock' | 'folders' | 'readSettings' | 'kubeconfig'
> {
  readonly ownProcess: {
    /** Path of the program, which may be a link. */
    readonly program: string;
    /** Effective user id; `undefined` on Windows. */
    readonly user: number | undefined;
  };
  readonly runProgram: RunProgram;
  readonly isInteractive: boolean;
}

const diskSeconds = 3;
const programSeconds = 5;

/** Checks the permissions of files. Must run before the keychain, which corrects some of them. */
export function fileCheck({ folders, ownProcess }: LocalDeps): Check {
  return {
    name: 'files',
    subject: folders.config,
    seconds: diskSeconds,
    run: async () => checkFiles(await listStoredFiles(folders), ownProcess.user),
  };
}

/** The other checks that need neither a server nor the keychain. */
export function localChecks(deps: LocalDeps): readonly Check[] {
  const { env, platform, folders, clock, ownProcess, kubeconfig, runProgram } = deps;
  const search = { path: env.PATH ?? '', platform, ownProgram: ownProcess.program };
  const seconds = diskSeconds;
  return [
    { name: 'caFiles', subject: 'CA files', seconds, run: () => checkCaFiles(env) },
    {
      name: 'plainText',
      subject: 'home folder',
      seconds,
      run: async () =>
        checkPlainTextFiles(
          await findPlainTextFiles(await listPlainTextPaths(deps)),
          isOn(env.TPKS_PKS_CREDS),
          ownProcess.user,
        ),
    },
    {
      name: 'locks',
      subject: folders.sessions,
      seconds,
      run: async () => checkLocks(await listLocks(folders, clock.now())),
    },
    { name: 'completion', subject: 'completion', seconds, run: () => checkCompletion(deps) },
    {
      name: 'kubectl',
      subject: 'kubectl',
      // The program is killed first.
      seconds: programSeconds + 1,
      run: async () => {
        const path = findExecutable('kubectl', { env, platform });
        const args = ['version', '--client', '-o', 'json'];
        const output =
          path === undefined ? undefined : await runProgram(path, args, programSeconds);
        return checkKubectl(path, output);
      },
    },
    {
      name: 'kubectl',
      subject: 'kubeconfig',
      seconds,
      run: async () =>
        checkKubeconfig(await (await kubeconfig()).listOwn(), (program) =>
          isAbsolute(program)
            ? existsSync(program)
            : findPrograms(program, search).some(({ kind }) => kind !== 'broken'),
        ),
    },
    {
      name: 'links',
      subject: 'PATH',
      seconds,
      run: () => [
        checkOwnProgram(findPrograms('tpks', search), ownProcess.program),
        ...['pks', 'tkgi', 'uaac'].map((name) => checkLink(name, findPrograms(name, search))),
      ],
    },
  ];
}

/** Lists the files of the original CLIs, and the files that tpks has written for scripts. */
async function listPlainTextPaths({ env, platform, readSettings }: LocalDeps) {
  const { contexts } = await readSettings().catch((error: unknown): Pick<Settings, 'contexts'> => {
    if (!isTpksError(error)) throw error;
    // The context check reports this error.
    return { contexts: {} };
  });
  const copies = Object.entries(contexts).flatMap(([context, { pksCreds }]) =>
    pksCreds === undefined
      ? []
      : [
          {
            tool: 'pks' as const,
            path: pksCreds.path,
            copyOf: { context, isAlwaysWritten: pksCreds.isAlwaysWritten },
          },
        ],
  );
  const defaultPath = locatePksCreds(env, platform);
  const isCopy = copies.some(({ path }) => path === defaultPath);
  return [
    ...(isCopy ? [] : [{ tool: 'pks' as const, path: defaultPath }]),
    ...copies,
    { tool: 'uaac' as const, path: locateUaacFile(env, platform) },
  ];
}
