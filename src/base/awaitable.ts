/** A value that is there, or will be. */
export type Awaitable<T> = T | Promise<T>;

/** Uses a value at once where it is there: to await one costs a turn and a few promises, and every answer is made of many values. */
export function whenThere<T, R>(value: Awaitable<T>, use: (value: T) => Awaitable<R>): Awaitable<R> {
  return value instanceof Promise ? value.then(use) : use(value);
}
