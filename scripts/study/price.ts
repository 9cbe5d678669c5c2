import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Bundle } from '../../src/bundles/schema/bundle.js';
import { Engine } from '../../src/operations/engine.js';
import type { PatchFacts } from './facts.js';

export interface PricingPlan {
  readonly data: string;
  readonly repositories: string;
  readonly out: string;
  readonly only: readonly string[] | null;
  /** So many patches of each task, chosen by the hash of their names. */
  readonly perInstance: number;
  readonly limit: number;
}

interface Instance {
  readonly instance_id: string;
  readonly repo: string;
  readonly base_commit: string;
}

interface LabelledPatch {
  readonly patch_id: string;
  readonly instance_id: string;
  readonly system: string | null;
  readonly patch: string;
  readonly resolved: boolean;
  readonly applied: boolean | string | null;
  readonly positive_only_source?: boolean;
}

const MEMORY_MAX_BYTES = 2 * 1024 ** 3;

/** Prices the labelled patches of the repositories that are there, one repository after the other, each task's patches in a row. */
export async function pricePatches(plan: PricingPlan): Promise<void> {
  const done = new Set(existsSync(plan.out) ? readFacts(plan.out).map((facts) => facts.patch) : []);
  const instances = new Map(readLines<Instance>(plan.data, 'instances').map((instance) => [instance.instance_id, instance]));
  const byRepository = new Map<string, Map<string, LabelledPatch[]>>();
  for (const patch of readLines<LabelledPatch>(plan.data, 'patches')) {
    const instance = instances.get(patch.instance_id);
    if (instance === undefined || patch.positive_only_source === true || patch.applied === false) continue;
    const tasks = byRepository.get(instance.repo) ?? new Map<string, LabelledPatch[]>();
    byRepository.set(instance.repo, tasks.set(patch.instance_id, [...(tasks.get(patch.instance_id) ?? []), patch]));
  }
  const wanted = plan.only ?? [...byRepository.keys()].sort();
  let left = plan.limit;
  for (const repository of wanted) {
    const source = join(plan.repositories, repository.replace('/', '+'), 'repo');
    if (!existsSync(source)) continue;
    const tasks = [...(byRepository.get(repository) ?? [])].sort(([a], [b]) => hash(a).localeCompare(hash(b)));
    const chosen = tasks.flatMap(([, patches]) => [...patches].sort((a, b) => hash(a.patch_id).localeCompare(hash(b.patch_id))).slice(0, plan.perInstance));
    const open = chosen.slice(0, left).filter((patch) => !done.has(patch.patch_id));
    left -= Math.min(left, chosen.length);
    if (open.length > 0) await priceRepository(source, repository, open, instances, plan.out);
  }
}

async function priceRepository(source: string, repository: string, patches: readonly LabelledPatch[], instances: ReadonlyMap<string, Instance>, out: string): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'assay-study-'));
  process.env['XDG_STATE_HOME'] = join(scratch, 'state');
  const clone = join(scratch, 'clone');
  execFileSync('git', ['clone', '-q', '--no-checkout', '--shared', source, clone]);
  const engine = await Engine.open({ workspace: clone, env: process.env, timeoutMs: 300_000, indexUnit: 'codepoint', recycleAboveBytes: MEMORY_MAX_BYTES });
  try {
    for (const [index, patch] of patches.entries()) {
      const start = performance.now();
      const bundle = await engine.run({ cmd: 'reward', args: { base: instances.get(patch.instance_id)?.base_commit ?? '', patch: patch.patch } });
      appendFileSync(out, `${JSON.stringify(factsOf(bundle, patch, repository, performance.now() - start))}\n`);
      console.error(`${repository} ${String(index + 1)}/${String(patches.length)} ${String(Math.round(performance.now() - start))} ms ${bundle.error?.code ?? ''}`);
    }
  } finally {
    await engine.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

function factsOf({ processReward: reward, error }: Bundle, { patch_id, instance_id, system, resolved }: LabelledPatch, repository: string, milliseconds: number): PatchFacts {
  const delta = reward?.neutralDiagnostics;
  const rules = (list: readonly { severity: string; code: string | number | null }[] | undefined): string[] => (list ?? []).map((item) => `${item.severity} ${String(item.code)}`);
  const after = reward?.W.after;
  return {
    patch: patch_id,
    instance: instance_id,
    repository,
    system: system ?? '',
    resolved,
    error: error?.code ?? null,
    abstain: reward?.abstain ?? true,
    v1: reward?.paper.r ?? null,
    v2: reward?.r ?? null,
    phiD: reward?.components.after.phiD ?? null,
    introduced: rules(delta?.introduced),
    fixed: rules(delta?.fixed),
    gates: [...new Set(reward?.gates.map((gate) => gate.gate))].sort(),
    suppressions: after?.suppressions ?? 0,
    escapeHatches: after?.escapeHatches ?? 0,
    danglingReferences: after?.danglingReferences ?? 0,
    unparsable: after?.unparsable ?? 0,
    W: reward?.W ?? null,
    measuredFiles: reward?.coverage.measured.length ?? 0,
    milliseconds: Math.round(milliseconds),
  };
}

/** Complete lines only: the last one may be torn. */
export function readFacts(path: string): PatchFacts[] {
  const text = readFileSync(path, 'utf8');
  return text.slice(0, text.lastIndexOf('\n') + 1).split('\n').filter(Boolean).map((line) => JSON.parse(line) as PatchFacts);
}

function readLines<T>(folder: string, kind: string): T[] {
  const names = readdirSync(folder).filter((name) => name.startsWith(`${kind}.`) && name.endsWith('.jsonl.gz')).sort();
  return names.flatMap((name) => gunzipSync(readFileSync(join(folder, name))).toString('utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line) as T));
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
