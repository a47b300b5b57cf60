export { replayCapture, type ReplayReport } from './replay-capture.js';
export { ReplayOutput } from './replay-output.js';
