export { HostPolicy } from './host-policy.js';
export { installDocs } from './install-docs.js';
export { describeIssues, shownValue } from '../validation/index.js';
export { listOf, type ListEnvelope } from './list.js';
export { parseBody, parseQuery } from './parse-query.js';
export { hostRefusal, prepareHttp } from './prepare-http.js';
export { ProblemError } from './problem.error.js';
