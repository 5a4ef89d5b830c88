// Runs the PKS API and the broker of the sandbox as a separate process, which a test can kill. They
// use a UAA that is already running. Argument: the options of the sandbox as JSON. Prints one line
// of JSON when it is ready.
import { startSandbox, type SandboxOptions } from '../../../src/sandbox/sandbox.js';

const options = JSON.parse(process.argv[2] ?? '{}') as SandboxOptions;
const { api, caCert } = await startSandbox(options);
process.stdout.write(`${JSON.stringify({ api, caCert })}\n`);
