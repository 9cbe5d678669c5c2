/** A small deterministic decision process. The last state is terminal; `next[s][a]` and `reward[s][a]` are by state and action. */
export interface Mdp {
  readonly states: number;
  readonly gamma: number;
  readonly next: readonly (readonly number[])[];
  readonly reward: readonly (readonly number[])[];
}

const TIE = 1e-6;

/** Returns the optimal actions of every state that is not terminal, by value iteration. */
export function valueIteration({ states, gamma, next, reward }: Mdp): number[][] {
  let values = new Array<number>(states).fill(0);
  const q = (state: number, action: number): number => (reward[state]?.[action] ?? 0) + gamma * (values[next[state]?.[action] ?? 0] ?? 0);
  const actions = [0, 1, 2];
  for (let round = 0; round < 400; round += 1) {
    values = values.map((_value, state) => (state === states - 1 ? 0 : Math.max(...actions.map((action) => q(state, action)))));
  }
  return Array.from({ length: states - 1 }, (_, state) => {
    const best = Math.max(...actions.map((action) => q(state, action)));
    return actions.filter((action) => q(state, action) >= best - TIE);
  });
}
