#!/usr/bin/env node
// Writes docs/rest-shapes.json: the shapes that the live feed shares with REST, taken out of the OpenAPI document, so that
// docs/asyncapi.yaml can refer to them and nothing is described twice. With --check it only compares, and fails on a difference.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import 'reflect-metadata';
import { build } from './build.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const target = path.join(root, 'docs/rest-shapes.json');

await build();
const { NestFactory } = await import('@nestjs/core');
const { AppModule } = await import('../dist/app.module.js');
const { settingsSchema } = await import('../dist/platform/config/index.js');
const { describeRest } = await import('../dist/platform/http/index.js');
const { openLog } = await import('../dist/platform/logging/index.js');

// In preview nothing is started: what is said of the routes is all that is looked at.
const app = await NestFactory.create(AppModule.using(settingsSchema.parse({}), openLog('silent')), {
  preview: true,
  logger: false,
  abortOnError: false,
});
const { paths } = describeRest(app, '0');

/** The schema of what a GET answers. */
const answerOf = (route) => paths[route].get.responses['200'].content['application/json'].schema;
/** The schema of one element of a list. */
const elementOf = (route) => answerOf(route).properties.data.items;

function without(schema, name) {
  const properties = Object.fromEntries(Object.entries(schema.properties).filter(([each]) => each !== name));
  return { ...schema, required: schema.required.filter((each) => each !== name), properties };
}

const shapes = {
  $comment: 'Made of the OpenAPI document by "npm run shapes"; do not edit.',
  Opportunity: elementOf('/v1/opportunities'),
  OpportunityWithBooks: without(answerOf('/v1/opportunities/{id}'), 'series'),
  SpreadCandle: elementOf('/v1/spreads/candles'),
  // Counts since the start come first of what the route can answer.
  Refusal: answerOf('/v1/refusals').anyOf[0].properties.data.items,
  ExchangeStatus: elementOf('/v1/exchanges'),
  Key: elementOf('/v1/keys'),
  PortfolioAccount: elementOf('/v1/portfolio'),
  PortfolioTotal: answerOf('/v1/portfolio').properties.total,
};
const text = await format(JSON.stringify(shapes), { parser: 'json', ...readJson('.prettierrc.json') });

function readJson(name) {
  return JSON.parse(readFileSync(path.join(root, name), 'utf8'));
}

if (!process.argv.includes('--check')) {
  writeFileSync(target, text);
} else {
  const kept = readJson('docs/rest-shapes.json');
  const names = new Set([...Object.keys(kept), ...Object.keys(shapes)]);
  const differ = [...names].filter((name) => JSON.stringify(kept[name]) !== JSON.stringify(shapes[name]));
  if (differ.length > 0) {
    process.stderr.write(`docs/rest-shapes.json is out of date in ${differ.join(', ')}; run "npm run shapes"\n`);
    process.exit(1);
  }
}
