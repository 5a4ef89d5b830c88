/**
 * The parts of the program, the sandbox and slow packages that tests use. `build-once.mjs` bundles them into one file,
 * which tests load with `loadBundled`.
 */
import { generateCertificates, type Certificates } from '../servers/generate-certificates.js';

export { openSessionFiles } from '../fixtures/session-files.js';
export { run } from '../../../src/cli/run.js';
export { startSandbox } from '../../../src/sandbox/sandbox.js';
export { redact, Secret } from '../../../src/base/secret.js';
export { createServices } from '../../../src/app/services.js';
export { plain, withSecrets } from '../checks/plain-tokens.js';

let certificates: Promise<Certificates> | undefined;

/** Generates the certificates at the first call, and returns the same ones after that. */
export const createCertificates = (): Promise<Certificates> =>
  (certificates ??= generateCertificates());
