import { AsyncLocalStorage } from 'node:async_hooks';

/** One storage for all: up to Node 22 every promise carries along every storage that there is. */
const storage = new AsyncLocalStorage<Readonly<Record<string, unknown>>>();

/** A value that travels with asynchronous calls, and not as a parameter. */
export class ContextValue<T> {
  private readonly name: string;

  /** `name` is its own. */
  constructor(name: string) {
    this.name = name;
  }

  /** Undefined where nothing was set. */
  get(): T | undefined {
    return storage.getStore()?.[this.name] as T | undefined;
  }

  /** Runs `work` and all that it causes with this value. */
  run<R>(value: T, work: () => R): R {
    return storage.run({ ...storage.getStore(), [this.name]: value }, work);
  }
}
