export { replayCapture, type ReplayReport } from './replay-capture.js';
export { ReplayOutput } from './replay-output.js';
export { importCapture, type ImportReport, type RecordingKind } from './import/import-capture.js';
export { timeOfText } from './import/time-text.js';
export { CaptureModule } from './capture.module.js';
export { CaptureService } from './capture.service.js';
