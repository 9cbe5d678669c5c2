import { loadavg } from 'node:os';

/** One line of the table. */
export interface Row {
  readonly subject: string;
  readonly what: string;
  /** Of the samples, in milliseconds. */
  readonly median: number;
  readonly p95: number;
  readonly samples: number;
  /** How many answers were right, of how many; null where none is looked at. */
  readonly right: readonly [number, number] | null;
  /** The row that it is compared with, by subject, and how many times its median it took. */
  readonly ratio?: { readonly of: string; readonly times: number; readonly target?: number };
}

/** Samples of several subjects that were taken in turn, so that whatever else the machine did fell on all of them. */
export class Samples {
  private readonly times = new Map<string, number[]>();
  private readonly rights = new Map<string, [number, number]>();

  /** Times `work`; with `isRight` counts how often it holds for what was returned. */
  async time<T>(subject: string, work: () => Promise<T>, isRight?: (answer: T) => boolean): Promise<T> {
    const start = performance.now();
    const answer = await work();
    const took = performance.now() - start;
    this.times.set(subject, [...(this.times.get(subject) ?? []), took]);
    if (isRight !== undefined) {
      const [right, all] = this.rights.get(subject) ?? [0, 0];
      this.rights.set(subject, [right + (isRight(answer) ? 1 : 0), all + 1]);
    }
    return answer;
  }

  /** The median of `subject` is compared with that of `of`, sample by sample where both have as many: a pair met the same load. */
  row(what: string, subject: string, of?: string, target?: number): Row {
    const own = this.times.get(subject) ?? [];
    const base = of === undefined ? [] : (this.times.get(of) ?? []);
    const times = base.length === own.length ? quantile(own.map((time, index) => time / (base[index] ?? NaN)), 0.5) : quantile(own, 0.5) / quantile(base, 0.5);
    const ratio = of === undefined ? {} : { ratio: { of, times, ...(target === undefined ? {} : { target }) } };
    return { subject, what, median: quantile(own, 0.5), p95: quantile(own, 0.95), samples: own.length, right: this.rights.get(subject) ?? null, ...ratio };
  }
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? NaN;
}

export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(({ what, subject, median, p95, samples, right, ratio }) => {
    const compared = ratio === undefined ? '' : `${ratio.times.toFixed(2)} × ${ratio.of}${ratio.target === undefined ? '' : ` (target ≤ ${String(ratio.target)})`}`;
    return `| ${what} | ${subject} | ${median.toFixed(1)} | ${p95.toFixed(1)} | ${String(samples)} | ${right === null ? '' : `${String(right[0])} of ${String(right[1])}`} | ${compared} |`;
  });
  return ['| question | subject | median ms | p95 | n | right | ratio |', '| --- | --- | --: | --: | --: | --: | --- |', ...lines].join('\n');
}

export function loadNow(): number {
  return Math.round((loadavg()[0] ?? 0) * 10) / 10;
}
