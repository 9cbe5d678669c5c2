/**
 * Asks one daemon many questions from many clients while files change under it, then kills servers and daemons at random.
 *
 *   npm run check:soak -- [--requests N] [--clients N] [--kills N] [--seed N]
 *
 * Every answer must have been true at some moment between question and answer; what a kill interrupts must be an answer or an error
 * that may be tried again, and the next question must be answered. The daemon's memory is noted on the way, and the processes that
 * are left at the end are counted. Exit code 1 when anything was wrong.
 */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Bundle } from '../src/bundles/schema/bundle.js';
import { control } from '../src/daemon/control.js';
import type { DaemonStatus } from '../src/daemon/protocol.js';
import { residentBytes } from '../src/lsp/process-memory.js';
import { randomNumbers } from './bench/questions.js';
import { runAssay } from './bench/commands.js';
import { World, type Question } from './check-soak/world.js';
import { SoakClient } from './check-soak/client.js';

const { values } = parseArgs({ options: { requests: { type: 'string', default: '50000' }, clients: { type: 'string', default: '8' }, kills: { type: 'string', default: '100' }, seed: { type: 'string', default: '1' } } });
const [requests, clients, kills] = [values.requests, values.clients, values.kills].map(Number) as [number, number, number];
const MODULES = 20;
/** A new process asks so rarely, for what it costs. */
const PROCESS_SHARE = 200;
/** Before, what is remembered still fills up. */
const STEADY_FROM = 30_000;
const random = randomNumbers(Number(values.seed));
const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'assay-soak-')));
const root = join(scratch, 'world');
const mark = randomUUID();
const env: NodeJS.ProcessEnv = { ...process.env, XDG_STATE_HOME: join(scratch, 'state'), ASSAY_NO_DAEMON: '', ASSAY_SOAK_MARK: mark };
delete env['VIRTUAL_ENV'];
const wrong: string[] = [];

try {
  mkdirSync(root);
  const world = new World(root, MODULES);
  await new Promise((resolve) => execFile('git', ['init', '-q'], { cwd: root }, resolve));
  const client = new SoakClient(root, join(scratch, 'state'), env);
  const started = performance.now();
  await soak(world, client);
  if (requests > 0) console.log(`${String(requests)} requests from ${String(clients)} clients in ${seconds(started)} s`);
  if (kills > 0) await killAtRandom(world, client);
  await runAssay(['daemon', 'stop', '--all'], { cwd: root, env });
  for (let wait = 0; wait < 100 && marked().length > 0; wait += 1) await delay(100);
  console.log(`${String(marked().length)} processes are left`);
  for (const each of wrong.slice(0, 20)) console.log(`WRONG ${each}`);
  console.log(`${String(wrong.length)} wrong`);
  if (wrong.length + marked().length > 0) process.exitCode = 1;
} finally {
  for (const pid of marked()) process.kill(pid, 'SIGKILL');
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
}

async function soak(world: World, client: SoakClient): Promise<void> {
  if (requests === 0) return;
  let [left, done] = [requests, 0];
  const memory: number[] = [];
  const ask = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const question = world.question(random(6), random(MODULES));
      await check(world, question, () => (random(PROCESS_SHARE) === 0 ? client.askByProcess(question) : client.ask(question)));
      done += 1;
      if (done % Math.ceil(requests / 20) === 0) memory.push(await noteMemory(client, done));
    }
  };
  const edit = async (): Promise<void> => {
    while (left > 0) {
      world.edit(random(MODULES), random(20), random(2) === 0);
      await delay(100 + random(1500));
    }
  };
  await Promise.all([...Array.from({ length: clients }, ask), edit()]);
  const [early = 0, late = 0] = [memory.slice(4, 10), memory.slice(-6)].map((part) => part.reduce((sum, bytes) => sum + bytes, 0) / part.length);
  const growth = (100 * (late - early)) / early;
  console.log(`the daemon's own memory from the second quarter to the last: ${growth.toFixed(1)} %`);
  if (growth > 10 && requests >= STEADY_FROM) wrong.push(`memory grew by ${growth.toFixed(1)} %`);
}

async function noteMemory(client: SoakClient, done: number): Promise<number> {
  const status = await statusOf(client);
  const own = status === null ? 0 : ownBytes(status.pid);
  const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);
  console.log(`${String(done)}: daemon ${mib(own)} MiB, with its servers ${mib(status?.residentBytes ?? 0)}; remembered ${String(status?.memo.hits)} of ${String((status?.memo.hits ?? 0) + (status?.memo.misses ?? 0))}, ${String(status?.memo.entries)} answers in ${mib(status?.memo.bytes ?? 0)} MiB; shared ${String(status?.shared)}`);
  return own;
}

async function check(world: World, question: Question, ask: () => Promise<Bundle | string>): Promise<void> {
  const asked = performance.now();
  const answer = await ask();
  if (typeof answer === 'string') wrong.push(`${question.args.join(' ')}: ${answer}`);
  // Files that do not come to rest are no wrong answer.
  else if (answer.error?.code !== 'E/CONTENT_MODIFIED' && !(answer.status === 'ok' && world.wasTrue(question, answer, asked, performance.now()))) wrong.push(`${question.args.join(' ')}: ${answer.error?.message ?? question.found(answer)}`);
}

/** Kills a server or the daemon while questions are under way. */
async function killAtRandom(world: World, client: SoakClient): Promise<void> {
  const ends = new Map<string, number>();
  let killed = 0;
  for (let round = 0; round < kills; round += 1) {
    world.edit(random(MODULES), random(20), random(2) === 0);
    const questions = Array.from({ length: 4 }, () => world.question(random(6), random(MODULES)));
    const answers = questions.map((question, index) => (index === 0 ? client.askByProcess(question) : client.ask(question, false)));
    await delay(random(400));
    killed += await killOne(client, round % 2 === 0) ? 1 : 0;
    for (const answer of await Promise.all(answers)) {
      const end = typeof answer === 'string' ? answer : (answer.error?.code ?? 'answered');
      ends.set(end, (ends.get(end) ?? 0) + 1);
      if (typeof answer === 'string' ? !['lost', 'absent'].includes(answer) : answer.error?.retryable === false) wrong.push(`after kill ${String(round)}: ${end}`);
    }
    const next = world.question(random(6), random(MODULES));
    await check(world, next, () => client.askByProcess(next));
  }
  console.log(`${String(killed)} kills of a daemon or a server: ${[...ends].map(([end, count]) => `${String(count)} ${end}`).join(', ')}`);
}

/** A server that is not there is no kill. */
async function killOne(client: SoakClient, isDaemon: boolean): Promise<boolean> {
  const pid = isDaemon ? (await statusOf(client))?.pid : marked().find((each) => commandOf(each).includes('langserver'));
  if (pid === undefined) return false;
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    // It has ended by itself meanwhile.
    return false;
  }
}

async function statusOf(client: SoakClient): Promise<DaemonStatus | null> {
  return (await control(client.socket(), 'status')).status;
}

function ownBytes(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return residentBytes(pid);
  }
}

/** The processes that the daemons of this run have started, zombies apart: these have no environment left to be known by. */
function marked(): number[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => pid !== process.pid && environmentOf(pid).includes(mark));
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${String(pid)}/environ`, 'latin1');
  } catch {
    return '';
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${String(pid)}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}

function seconds(from: number): string {
  return ((performance.now() - from) / 1000).toFixed(0);
}
