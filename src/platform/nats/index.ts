export { Broker, type Heard } from './broker.js';
export { inboxOf } from './connection.js';
export { readPrivateFile } from './private-file.js';
export { fromSubjectToken, lastOf, subjectToken } from './subject-token.js';
