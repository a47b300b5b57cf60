import { readFileSync, readlinkSync } from 'node:fs';

/**
 * Names a running process so that it is not mistaken for a later one with the same number.
 *
 * On Linux: boot, pid namespace, pid and start time; elsewhere the pid alone.
 *
 * @param pid - Number of the process.
 * @returns The mark, or null when no such process runs here.
 */
export function processMark(pid: number): string | null {
  if (!isRunning(pid)) return null;
  const machine = machineMark();
  if (machine === null) return `pid:${pid}`;
  const startedAt = startTicks(pid);
  return startedAt === null ? null : `${machine}/${pid}/${startedAt}`;
}

/**
 * Says whether a process that recorded its mark is gone for certain.
 *
 * A mark of another machine, boot or container proves nothing.
 *
 * @param mark - The mark as recorded.
 * @param pid - The pid as recorded.
 * @returns True only when it can be seen from here that the process no longer runs.
 */
export function isProcessGone(mark: string, pid: number): boolean {
  return isFromHere(mark) && processMark(pid) !== mark;
}

/**
 * Says whether a mark was made where its process could be seen from here: same boot, same pid namespace.
 *
 * @param mark - The mark as recorded.
 * @returns False for another machine, boot or container.
 */
export function isFromHere(mark: string): boolean {
  const machine = machineMark();
  return machine === null ? mark.startsWith('pid:') : mark.startsWith(`${machine}/`);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Two containers can share a host name, but not the pid namespace in which a pid means something. */
function machineMark(): string | null {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return null;
  }
}

/** Field 22 of /proc/PID/stat; a zombie (state Z) no longer does anything. */
function startTicks(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}
