export { csvText } from './csv.js';
export type { ExportColumn } from './export-column.js';
export { type ExportFormat, LIST_FORMATS, type ListFormat, MEDIA, wantedFormat } from './export-format.js';
export { ExportGate } from './export-gate.js';
export type { ExportTable } from './export-parts.js';
