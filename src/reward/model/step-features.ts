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

type ActionKind = Exclude<keyof StepsSoFar, 'steps'> | 'other';

const EDITS: ReadonlySet<string> = new Set('edit create str_replace_editor append insert sed write_patch apply_patch'.split(' '));
const VIEWS: ReadonlySet<string> = new Set('open goto scroll_down scroll_up cat head tail view less ls'.split(' '));
const RUNS: ReadonlySet<string> = new Set('python python3 pytest npm node mvn tox bash run gradle'.split(' '));

/** Says what an action is by its first word, as agents' editors and shells name it. The twin of `kind_of_action` in training/steps.py. */
export function kindOfAction(action: string, isEdit: boolean): ActionKind {
  const [, first = '', second = ''] = /^[ \t\r\n]*([A-Za-z_]*)[ \t]*([A-Za-z_]*)/.exec(action) ?? [];
  const word = first.toLowerCase();
  if (word === 'str_replace_editor' && second === 'view') return 'views';
  if (isEdit || EDITS.has(word)) return 'edits';
  if (/^(?:search|find|grep|rg)/.test(word)) return 'searches';
  if (VIEWS.has(word)) return 'views';
  return RUNS.has(word) ? 'runs' : 'other';
}
