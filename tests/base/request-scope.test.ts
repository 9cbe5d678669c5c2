import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { checkRequest, pause, remainingMs, stopClock, withinRequest } from '../../src/base/request-scope.js';

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

test('a deadline comes no nearer while the request waits for its turn, and no further', async () => {
  const answer = withinRequest({ timeoutMs: 100 }, async () => {
    await pause(60);
    const goOn = stopClock();
    await pause(1000);
    expect(remainingMs()).toBe(Infinity);
    goOn();
    checkRequest();
    expect(remainingMs()).toBe(40);
    await pause(30);
    checkRequest();
    await pause(30);
  });
  const refused = expect(answer).rejects.toMatchObject({ code: 'E/LS_TIMEOUT', details: { timeoutMs: 100 } });
  await vi.advanceTimersByTimeAsync(60 + 1000 + 30 + 30);
  await refused;
});

test('a request without a deadline has none afterwards', async () => {
  const answer = withinRequest({}, async () => {
    const goOn = stopClock();
    await pause(10);
    goOn();
    expect(remainingMs()).toBe(Infinity);
    await pause(1_000_000);
    checkRequest();
  });
  await vi.advanceTimersByTimeAsync(1_000_010);
  await answer;
});

test('one that is cancelled while it waits for its turn hears of it', async () => {
  const controller = new AbortController();
  const answer = withinRequest({ timeoutMs: 100, signal: controller.signal }, async () => {
    const goOn = stopClock();
    await pause(500).catch(() => undefined);
    goOn();
    checkRequest();
  });
  const refused = expect(answer).rejects.toMatchObject({ code: 'E/REQUEST_CANCELLED' });
  controller.abort();
  await refused;
});
