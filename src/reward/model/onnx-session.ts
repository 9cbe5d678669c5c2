import { Worker } from 'node:worker_threads';
import { Failure } from '../../base/failure.js';
import { runtimeFiles } from './model-files.js';

/** Where a model runs. `auto` takes the first GPU that can be had, else the CPU. */
export type ProviderChoice = 'cpu' | 'cuda' | 'webgpu' | 'auto';
export type Provider = Exclude<ProviderChoice, 'auto'>;

export interface TensorShape {
  readonly name: string;
  readonly type: string;
  /** Null where a size is free. */
  readonly shape: readonly (number | null)[];
}

export interface Feed {
  readonly name: string;
  readonly type: 'float32' | 'int64';
  readonly data: Float32Array | BigInt64Array;
  readonly dims: readonly number[];
}

interface Description {
  readonly inputs: readonly TensorShape[];
  readonly outputs: readonly TensorShape[];
}

interface WorkerAnswer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** One ONNX model in a worker thread of its own: batch 1, one thread, fp32. Close it, whatever happened. */
export class OnnxSession {
  readonly provider: Provider;
  /** The runtime with its version, `onnxruntime-node@…`. */
  readonly runtime: string;
  private readonly worker: Worker;
  private readonly waiting = new Map<number, (answer: WorkerAnswer) => void>();
  private asked = 0;
  private ended: string | null = null;
  private description: Description = { inputs: [], outputs: [] };

  private constructor(worker: Worker, provider: Provider, runtime: string) {
    this.worker = worker;
    this.provider = provider;
    this.runtime = runtime;
    worker.on('message', (answer: WorkerAnswer) => {
      this.waiting.get(answer.id)?.(answer);
      this.waiting.delete(answer.id);
    });
    worker.on('error', (error) => {
      this.end(error instanceof Error ? error.message : String(error));
    });
    worker.on('exit', () => {
      this.end('the thread that runs the model ended');
    });
    // An idle model keeps no process alive.
    worker.unref();
  }

  /** Loads a model. Throws E/UNSUPPORTED_CAP when the runtime or the provider cannot be had, E/VERSION_SKEW when the bytes are no model. */
  static async open(model: Uint8Array, choice: ProviderChoice): Promise<OnnxSession> {
    if (choice !== 'auto') return OnnxSession.on(model, choice);
    for (const provider of ['cuda', 'webgpu'] as const) {
      try {
        return await OnnxSession.on(model, provider);
      } catch (error) {
        if (!(error instanceof Failure) || error.code !== 'E/UNSUPPORTED_CAP') throw error;
      }
    }
    return OnnxSession.on(model, 'cpu');
  }

  get inputs(): readonly TensorShape[] {
    return this.description.inputs;
  }

  get outputs(): readonly TensorShape[] {
    return this.description.outputs;
  }

  /** Returns the values of the outputs asked for, by name. */
  async run(feeds: readonly Feed[], fetches: readonly string[]): Promise<Record<string, Float32Array>> {
    const answer = await this.ask({ feeds, fetches });
    if (answer.error !== undefined) throw new Failure('E/VERSION_SKEW', `the model cannot be run on what its card says it reads: ${firstLine(answer.error)}`, { hint: 'The card and the model do not belong together.' });
    return answer.value as Record<string, Float32Array>;
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }

  private static async on(model: Uint8Array, provider: Provider): Promise<OnnxSession> {
    const files = runtimeFiles();
    // The runtime would report to its maker; it reads this once, when it is loaded, from the process and not from the thread.
    // eslint-disable-next-line no-restricted-properties -- it is about this process, whoever asks.
    process.env['ORT_DISABLE_TELEMETRY'] = '1';
    const session = new OnnxSession(new Worker(files.worker, { workerData: { runtime: files.runtime, model, provider } }), provider, `onnxruntime-node@${files.version}`);
    const opened = await session.answerTo(0);
    if (opened.error === undefined) {
      session.description = opened.value as Description;
      return session;
    }
    await session.close();
    throw openFailure(provider, opened.error);
  }

  private ask(question: unknown): Promise<WorkerAnswer> {
    this.asked += 1;
    const answer = this.answerTo(this.asked);
    this.worker.postMessage({ id: this.asked, question });
    return answer;
  }

  /** The thread is kept alive while an answer is awaited. */
  private async answerTo(id: number): Promise<WorkerAnswer> {
    if (this.ended !== null) return { id, error: this.ended };
    this.worker.ref();
    const answer = await new Promise<WorkerAnswer>((resolve) => this.waiting.set(id, resolve));
    if (this.waiting.size === 0) this.worker.unref();
    return answer;
  }

  private end(reason: string): void {
    this.ended ??= reason;
    for (const [id, resolve] of this.waiting) resolve({ id, error: reason });
    this.waiting.clear();
  }
}

function openFailure(provider: Provider, problem: string): Failure {
  if (/protobuf|ModelProto|opset|IR version|No graph|Unsupported model|Invalid model|INVALID_GRAPH|INVALID_PROTOBUF/i.test(problem)) {
    return new Failure('E/VERSION_SKEW', `the runtime does not take this model: ${firstLine(problem)}`, { hint: 'Export it again with an opset that the runtime knows.' });
  }
  const what = provider === 'cpu' ? 'the ONNX runtime cannot be loaded' : `no ${provider} provider can be had here`;
  return new Failure('E/UNSUPPORTED_CAP', `${what}: ${firstLine(problem)}`, {
    hint: provider === 'cpu' ? 'Install the package again, or use --no-model.' : 'Use --provider cpu; nothing was scored.',
  });
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? text).slice(0, 300);
}
