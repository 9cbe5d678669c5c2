import { expect, expectTypeOf, test } from 'vitest';
import type * as z from 'zod';
import type { ProcessReward } from '../../src/base/process-reward.js';
import type { Immutable } from '../../src/bundles/schema/immutable.js';
import { processRewardSchema } from '../../src/bundles/schema/process-reward.js';
import { processReward, rewardDiagnostic } from './sample-draft.js';

test('the schema and the type of a process reward are the same type', () => {
  expectTypeOf<Immutable<z.infer<typeof processRewardSchema>>>().toEqualTypeOf<ProcessReward>();
});

/* eslint-disable @typescript-eslint/no-unnecessary-type-parameters -- identity of types can only be asked through a generic function */
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/* eslint-enable @typescript-eslint/no-unnecessary-type-parameters */

test('they agree in which keys are optional and read-only, too', () => {
  // This line does not compile when the two types are not identical.
  const agrees: Equal<Immutable<z.infer<typeof processRewardSchema>>, ProcessReward> = true;
  expect(agrees).toBe(true);
});

test('the schema accepts a reward and refuses one with a key too many', () => {
  const reward = processReward([rewardDiagnostic('a.py', 3)]);
  expect(processRewardSchema.parse(reward)).toEqual(reward);
  expect(processRewardSchema.safeParse({ ...reward, bonus: 1 }).success).toBe(false);
});
