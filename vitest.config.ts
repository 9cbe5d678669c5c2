import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    globalSetup: ['tests/state-home.ts'],
    // A test that wants a daemon asks for one (tests/daemon/private-daemon.ts), and ends it.
    env: { NO_COLOR: '1', ASSAY_NO_DAEMON: '1' },
  },
});
