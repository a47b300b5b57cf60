import { env } from 'node:process';
import { defineConfig } from 'prisma/config';

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  // Only the Prisma command line reads this; the service takes its address from its own settings.
  datasource: { url: env['CROSSBOOK_DATABASE_URL'] ?? 'postgresql://localhost:5432/crossbook' },
});
