// PKS API and broker before somebody else's UAA, in a process of its own that a test can kill.
// Argument: the options of the sandbox as JSON. Prints one line when it is ready.
import { startSandbox, type SandboxOptions } from '../../src/sandbox/sandbox.js';

const options = JSON.parse(process.argv[2] ?? '{}') as SandboxOptions;
const { api, caCert } = await startSandbox(options);
process.stdout.write(`${JSON.stringify({ api, caCert })}\n`);
