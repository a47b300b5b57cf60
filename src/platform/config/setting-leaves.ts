import { z } from 'zod';
import { settingsSchema } from './settings.schema.js';

/** One setting: a value, not a group of them. */
export interface SettingLeaf {
  readonly path: readonly string[];
  /** `json` is a list of groups; as a variable it is written as JSON. */
  readonly kind: 'string' | 'number' | 'boolean' | 'list' | 'json';
  /** What it is for, null where the schema does not say. */
  readonly description: string | null;
  /** Undefined where there is none. */
  readonly defaultValue: unknown;
}

const KINDS: Readonly<Record<string, SettingLeaf['kind']>> = {
  number: 'number',
  int: 'number',
  boolean: 'boolean',
  // A number or a word: text that is no number stays text.
  union: 'number',
  array: 'list',
};

interface Definition {
  readonly type: string;
  readonly innerType?: z.core.$ZodType;
  readonly defaultValue?: unknown;
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly element?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
}

const definitionOf = (schema: z.core.$ZodType): Definition => schema._zod.def;

/** Unwraps default, prefault and optional down to the type that a value must have. */
function innerType(schema: z.core.$ZodType): z.core.$ZodType {
  const { innerType: inner } = definitionOf(schema);
  return inner ? innerType(inner) : schema;
}

/** Whether a schema is that of a group, or of one of several groups. */
function isGroup(schema: z.core.$ZodType): boolean {
  const { shape, options } = definitionOf(innerType(schema));
  return shape !== undefined || options?.every(isGroup) === true;
}

function kindOf(schema: z.core.$ZodType): SettingLeaf['kind'] {
  const { type, element } = definitionOf(innerType(schema));
  return element && isGroup(element) ? 'json' : (KINDS[type] ?? 'string');
}

function leavesOf(schema: z.core.$ZodType, at: readonly string[]): SettingLeaf[] {
  const { shape } = definitionOf(innerType(schema));
  if (shape) return Object.entries(shape).flatMap(([name, child]) => leavesOf(child, [...at, name]));
  return [
    {
      path: at,
      kind: kindOf(schema),
      description: z.globalRegistry.get(schema)?.description ?? null,
      defaultValue: definitionOf(schema).defaultValue,
    },
  ];
}

/** Every setting of the schema, in its order. */
export function settingLeaves(): SettingLeaf[] {
  return leavesOf(settingsSchema, []);
}

/**
 * Names the environment variable of a setting: `detection.minNetBps` is `CROSSBOOK_DETECTION_MIN_NET_BPS`.
 *
 * @param at - Path of the setting.
 * @returns Name of the variable.
 */
export function environmentName(at: readonly string[]): string {
  return `CROSSBOOK_${at.map((part) => part.replace(/[A-Z]/g, (c) => `_${c}`).toUpperCase()).join('_')}`;
}
