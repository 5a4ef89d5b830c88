/** Entry point for Node. */
import process from 'node:process';
import { start } from './start.js';

start(process);
