export { isDataDirectoryHeld } from './data-directory.js';
export { Database, type Queries } from './database.js';
export { DatabaseError } from './database.errors.js';
export { type OpenDatabase, openDatabase } from './open-database.js';
export { PrismaModule } from './prisma.module.js';
export { isProcessGone, processMark } from './process-mark.js';
export { PrismaClient } from './generated/client.js';
