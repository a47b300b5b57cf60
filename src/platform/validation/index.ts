export { brokenRule, describeIssues, shownValue } from './issue-text.js';
