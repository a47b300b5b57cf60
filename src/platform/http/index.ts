export { ProblemError } from './problem.error.js';
