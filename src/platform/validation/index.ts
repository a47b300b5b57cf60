export { parseTime } from './parse-time.js';
export { brokenRule, describeIssues, shownValue } from './issue-text.js';
