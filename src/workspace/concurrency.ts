/**
 * Calls `visit` for every item, at most `limit` at a time. After a rejection no further item is started; the first error is
 * thrown once the visits under way have ended, so that nothing still runs when the caller cleans up.
 */
export async function forEachConcurrently<T>(items: Iterable<T>, limit: number, visit: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const errors: unknown[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < queue.length && errors.length === 0) {
      const item = queue[next] as T;
      next += 1;
      try {
        await visit(item);
      } catch (error) {
        errors.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, queue.length) }, worker));
  if (errors.length > 0) throw errors[0];
}
