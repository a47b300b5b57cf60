import { DiscardPolicy, RetentionPolicy, StorageType, type StreamConfig } from '@nats-io/jetstream';
import type { Settings } from '../../platform/config/index.js';
import type { Log } from '../../platform/logging/index.js';
import type { Broker } from '../../platform/nats/index.js';
import { OPPORTUNITIES, RECORDS, STATES, subjects } from '../subjects.js';

const NS_PER_MS = 1_000_000;
const MS_PER_MINUTE = 60_000;
const BYTES_PER_MB = 1_048_576;
/** A message told again within it, because its answer was lost, is stored once. */
const DUPLICATES_MS = 120_000;
/** Between two looks whether somebody has made what this role may not make. */
const LOOK_AGAIN_MS = 500;

type Config = Partial<StreamConfig> & Pick<StreamConfig, 'name' | 'subjects'>;

function configsOf({ eventsMinutes, eventsMb }: Settings['cluster']): Config[] {
  const common = {
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.Old,
    duplicate_window: DUPLICATES_MS * NS_PER_MS,
    allow_direct: true,
  };
  const bounded = {
    ...common,
    max_age: eventsMinutes * MS_PER_MINUTE * NS_PER_MS,
    max_bytes: eventsMb * BYTES_PER_MB,
  };
  return [
    { ...bounded, name: OPPORTUNITIES, subjects: [subjects.opportunity(null)] },
    { ...bounded, name: RECORDS, subjects: [subjects.record(null, null)] },
    { ...common, name: STATES, subjects: [subjects.state(null, null)], max_msgs_per_subject: 1 },
  ];
}

/**
 * Makes the streams where they are missing, or waits until a role that may has made them.
 *
 * @param broker - Where.
 * @param settings - How much they keep.
 * @param log - Told once while this waits.
 */
export async function ensureStreams(broker: Broker, settings: Settings, log: Log): Promise<void> {
  for (const config of configsOf(settings.cluster)) {
    let isTold = false;
    for (;;) {
      const reason = await whyMissing(broker, config);
      if (reason === null) break;
      if (!isTold) log.warn('waiting for a stream that a recorder or keeper makes', { stream: config.name, reason });
      isTold = true;
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
  }
}

/** Null once it is there; else why it is not. */
async function whyMissing({ streams }: Broker, config: Config): Promise<string | null> {
  try {
    await streams.streams.info(config.name);
    return null;
  } catch {
    // Not there, or not ours to see: the attempt to make it tells which.
  }
  try {
    await streams.streams.add(config);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
