'use strict';
// Runs one ONNX model in a worker thread, so that computing keeps nothing else waiting: one thread, sequential, in the order
// in which it is asked. workerData = { runtime: path of onnxruntime-node, model: bytes, provider }.
const { parentPort, workerData } = require('node:worker_threads');

let session;
let ort;

async function open() {
  ort = require(workerData.runtime);
  // What goes wrong is told by the error; its own log would go to our user's stderr.
  ort.env.logLevel = 'fatal';
  session = await ort.InferenceSession.create(workerData.model, {
    executionProviders: [workerData.provider],
    executionMode: 'sequential',
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 4,
  });
  const describe = (items) => items.map(({ name, type, shape }) => ({ name, type, shape: (shape ?? []).map((size) => (typeof size === 'number' ? size : null)) }));
  return { inputs: describe(session.inputMetadata), outputs: describe(session.outputMetadata) };
}

async function run({ feeds, fetches }) {
  const tensors = Object.fromEntries(feeds.map(({ name, type, data, dims }) => [name, new ort.Tensor(type, data, dims)]));
  const results = await session.run(tensors, fetches);
  return Object.fromEntries(fetches.map((name) => [name, Float32Array.from(results[name].data, Number)]));
}

function answer(id, work) {
  return work.then(
    (value) => parentPort.postMessage({ id, value }),
    (error) => parentPort.postMessage({ id, error: error instanceof Error ? error.message : String(error) }),
  );
}

let last = answer(0, open());
parentPort.on('message', ({ id, question }) => {
  last = last.then(() => answer(id, run(question)));
});
