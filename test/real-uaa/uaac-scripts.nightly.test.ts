// Runs the e2e tests against the real UAA, whose address is in the environment.
import '../e2e/uaac-scripts.test.js';
