/** Entry point for Node. */
import process from 'node:process';
import { start } from './cli/start.js';

start(process);
