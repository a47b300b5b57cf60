export { HistoryModule } from './history.module.js';
export { Recorder } from './recorder.js';
export type { WriterMetrics } from './batch-writer.js';
