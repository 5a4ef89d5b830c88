// The same file as before the sandbox's UAA; the address of the real one is in the environment.
import '../e2e/uaac-forms.test.js';
