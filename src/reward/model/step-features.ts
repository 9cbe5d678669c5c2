/** What an agent has done up to and with a step, counted by kind of action. What it wrote beside its actions has no part in it. */
export interface StepsSoFar {
  readonly steps: number;
  readonly searches: number;
  readonly views: number;
  readonly edits: number;
  readonly runs: number;
}

const COUNT_MAX = 60;

/** Returns what the step head reads beside the features of the patch so far. The twin of training/steps.py. */
export function stepFeatures({ steps, searches, views, edits, runs }: StepsSoFar): Record<string, number> {
  const capped = (count: number): number => Math.min(COUNT_MAX, count);
  return {
    step_steps: capped(steps),
    step_searches: capped(searches),
    step_views: capped(views),
    step_edits: capped(edits),
    step_runs: capped(runs),
    step_viewed_first: edits > 0 ? Math.min(1, (views + searches) / (3 * edits)) : 0,
  };
}
