// Runs e2e tests against the real UAA, whose address is in the environment.
import '../e2e/uaac-forms.test.js';
import '../e2e/write-matrix.test.js';
