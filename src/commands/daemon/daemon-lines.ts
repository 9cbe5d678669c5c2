import type { DaemonStatus } from '../../daemon/protocol.js';

const SECOND = 1000;

/** Returns what a person wants to know of a daemon: one line about itself, one about its work, one for each server. */
export function daemonLines({ pid, version, root, uptimeMs, idleMs, residentBytes, requests, memo, shared, servers }: DaemonStatus): string[] {
  const asked = memo.hits + memo.misses;
  const rate = asked === 0 ? '' : ` (${String(Math.round((100 * memo.hits) / asked))} %)`;
  return [
    `${root}: assay ${version}, process ${String(pid)}, up ${duration(uptimeMs)}, ${requests.underWay > 0 ? `${String(requests.underWay)} under way` : `idle ${duration(idleMs)}`}, ${memory(residentBytes)}`,
    `  served ${String(requests.served)}; remembered ${String(memo.hits)} of ${String(asked)}${rate}, ${String(memo.entries)} answers in ${memory(memo.bytes)}; shared ${String(shared)}`,
    ...servers.map((server) => `  ${server.id} ${server.version} for ${server.purpose}, ${memory(server.residentBytes)}`),
  ];
}

function duration(ms: number): string {
  const seconds = Math.round(ms / SECOND);
  if (seconds < 60) return `${String(seconds)} s`;
  return seconds < 3600 ? `${String(Math.floor(seconds / 60))} min` : `${String(Math.floor(seconds / 3600))} h ${String(Math.floor((seconds % 3600) / 60))} min`;
}

function memory(bytes: number | null): string {
  return bytes === null ? 'memory unknown' : `${String(Math.round(bytes / 2 ** 20))} MiB`;
}
