import { expect, test } from 'vitest';
import { mayReachServers } from '../../src/lsp/server-variables.js';

test.each(['PATH', 'HOME', 'LC_ALL', 'XDG_CACHE_HOME', 'GOFLAGS', 'GOPATH', 'GO111MODULE', 'CARGO_HOME', 'RUSTUP_TOOLCHAIN', 'JAVA_HOME', 'CONDA_PREFIX', 'PYENV_VERSION', 'MISE_PYTHON_VERSION', 'https_proxy', 'ProgramFiles(x86)', 'ASSAY_TEST_MARK'])('%s may change what a server finds', (name) => {
  expect(mayReachServers(name)).toBe(true);
});

test.each(['NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS', 'PYTHONPATH', 'VIRTUAL_ENV', 'PWD', 'OLDPWD', 'SHLVL', '_', 'TERM', 'COLUMNS', 'SSH_CLIENT', 'XDG_SESSION_ID', 'npm_config_user_agent', 'AWS_SECRET_ACCESS_KEY', 'GITHUB_TOKEN', 'GOOGLE_API_KEY', 'TSS_LOG', 'LD_PRELOAD'])('%s stays with the caller', (name) => {
  expect(mayReachServers(name)).toBe(false);
});
