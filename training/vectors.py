"""Writes fixtures/model/vectors.json: made-up patches with the numbers that training reads of them; src/reward/model must give the same.

python training/vectors.py fixtures/model/vectors.json
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

from features import FEATURES, Issue, Patch, patch_features
from fit import SEED
from group import GROUP_FEATURES, group_features
from steps import kind_of_action

ISSUES = [
    "",
    "Cart.total() fails for an empty order\n\nTraceback:\n  File \"shop/cart.py\", line 12, in total\n    return max(self.lines)\nValueError\n\nSee `line_total` in shop/cart.py.",
    "formatPrice ignores the currency\n\n```ts\nformatPrice(12, 'EUR')\n```\nexpected `12 €` in src/money.ts; naïve Übersetzung",
]
PYTHON = [
    "def total(self):", "    return sum(line.price for line in self.lines)", "    if not self.lines:", "        return 0  # nothing to add", "    # a comment",
    "    x = x", "    pass", "    if False:", "        explode()", "    _unused = 3", "    unused_total = [1, 2]", '    """A docstring, closed."""', '    """', "    words # not code in here",
    '    """', "    raise ValueError('no lines: # 3')", "    try:", "    except KeyError:", "    return line_total(self, currency=None)", "", "class Cart(Base):", "async def load(self): await self.rows()",
    "    name = 'it''s' + \"a \\\" b\"", "    total += 1.5e3 // 2 ** 3", "    data = {'a': [1, (2, 3)]}", "    prix_unitaire = größe", "    return", "    never_reached = 1", "    other = café(1)",
]  # fmt: skip
SCRIPT = [
    "export function formatPrice(amount: number, currency?: Currency): string {", "  return `${amount} ${currency ?? 'EUR'}`;", "  // a comment", "  /* one", "  more */ const shown = true;", "  if (false) {", "    explode();", "  }",
    "  const _unused = 1;", "  amount = amount;", "}", "", "  throw new Error('no // comment');", "  const text = `over", "  lines ${x}`;", "  if (a && b || c !== d) return a?.b ?? 0;", "  undefined;", "  await load();",
]  # fmt: skip
ACTIONS = [
    "", "  open shop/cart.py 12", "Edit 1:2\nx\nend_of_edit", "str_replace_editor view /repo/a.py", "str_replace_editor str_replace /repo/a.py", "search_dir total", "find_file cart", "rg -n x", "ls -la", "cat <<EOF > a.py",
    "python -m pytest", "./run.sh", "pytest-3 tests", "cd /repo && python x.py", "submit", "naïve", "grep", "\ttail -n 3 a", "_private", "sed -i s/a/b/ a.py", "bash -c 'x'", "findings", "\u00a0open x",
]  # fmt: skip
PATHS = ["shop/cart.py", "shop/money.py", "src/money.ts", "reproduce.py", "tests/test_cart.py", "docs/index.md", "src/deep/er/repro_case.js", "lib/Money.java", "src/money.test.ts"]


def random_patch(random_: random.Random) -> str:
    out = []
    for path in random_.sample(PATHS, random_.randint(0, 4)):
        lines = PYTHON if path.endswith(".py") else SCRIPT
        is_new = random_.random() < 0.2
        if random_.random() < 0.5:
            out.append(f"diff --git a/{path} b/{path}")
            if is_new:
                out.append("new file mode 100644")
        out += ["--- /dev/null" if is_new else f"--- a/{path}", f"+++ b/{path}"]
        start = random_.randint(1, 40)
        for _ in range(random_.randint(1, 3)):
            hunk = [(random_.choice("+++" if is_new else " -+ +"), random_.choice(lines)) for _ in range(random_.randint(1, 12))]
            old, new = (sum(tag != skipped for tag, _ in hunk) for skipped in "+-")
            out.append(f"@@ -{start},{old} +{start},{new} @@ def total(self):" if random_.random() < 0.5 else f"@@ -{start},{old} +{start},{new} @@")
            out += [tag + text for tag, text in hunk]
            if random_.random() < 0.1:
                out.append("\\ No newline at end of file")
            start += old + random_.randint(1, 30)
    return ("\r\n" if random_.random() < 0.1 else "\n").join(out) + "\n"


def main() -> None:
    random_ = random.Random(SEED)
    tasks = []
    for _ in range(40):
        issue = random_.choice(ISSUES)
        texts = [random_patch(random_) for _ in range(random_.randint(1, 5))]
        texts += random_.sample(texts, random_.randint(0, 1))
        systems = [random_.choice([None, "a", "b", "c"]) for _ in texts]
        patches = [Patch(text) for text in texts]
        own = [patch_features(patch, Issue(issue)) for patch in patches]
        shared = group_features(list(zip(systems, patches, own)))
        tasks.append({"issue": issue, "candidates": [{"system": s, "patch": t, "seen": p.is_seen, "changes": p.changes_code, "strings": p.changes_strings, "own": o, "group": g} for s, t, p, o, g in zip(systems, texts, patches, own, shared)]})
    actions = [[action, is_edit, kind_of_action(action, is_edit)] for action in ACTIONS for is_edit in (False, True)]
    vectors = {"generated": "training/vectors.py", "own": FEATURES, "group": GROUP_FEATURES, "tasks": tasks, "actions": actions}
    Path(sys.argv[1]).write_text(json.dumps(vectors, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf8")


if __name__ == "__main__":
    main()
