/**
 * `judge.py RESULT [--allow TEST]… -- COMMAND…`: runs tests, shows what they print, and fails unless every test that failed is one that may.
 * In the name of a test `*` stands for anything. A listed test that did not fail is told. RESULT gets what came of it.
 */
export const judgeTests = `import re, subprocess, sys

result = sys.argv[1]
split = sys.argv.index("--")
allowed = sys.argv[3:split:2]
passed, failed, listing = set(), set(), False
suites = failed_suites = failed_commands = 0
running = subprocess.Popen(sys.argv[split + 1:], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
for raw in running.stdout:
    sys.stdout.buffer.write(raw)
    sys.stdout.buffer.flush()
    line = re.sub(r"\\x1b\\[[0-9;]*m", "", raw.decode("utf-8", "replace")).rstrip()
    one = re.match(r"(?:test )?(.+) \\.\\.\\. (ok|FAILED|F)(?: \\(.*\\))?$", line)
    if one:
        (passed if one.group(2) == "ok" else failed).add(one.group(1))
    elif line == "failures:":
        listing = True
    elif listing and line.startswith("    "):
        failed.add(line.strip())
    elif line:
        listing = False
    if line.startswith("test result: "):
        suites += 1
        failed_suites += line.startswith("test result: FAILED")
    commands = re.match(r"(\\d+) command\\(s\\) did not succeed:", line)
    if commands:
        failed_commands += int(commands.group(1))
status = running.wait()

def names(pattern):
    return re.compile(".*".join(map(re.escape, pattern.split("*"))) + r"\\Z").match

report, problems = [], []
for test in sorted(failed):
    may = any(names(pattern)(test) for pattern in allowed)
    (report if may else problems).append("failed%s: %s" % (", as it may" if may else "", test))
for pattern in allowed:
    if not any(map(names(pattern), failed)):
        how = "passes" if any(map(names(pattern), passed)) else "did not fail, or was not run"
        report.append("may fail, but %s: %s" % (how, pattern))
if status != 0 and not failed:
    problems.append("the tests ended with status %d, and none of them is said to have failed" % status)
if failed_commands > failed_suites:
    problems.append("%d commands did not succeed, but only %d suites tell of tests that failed" % (failed_commands, failed_suites))
if status == 0 and suites == 0:
    problems.append("no test was run")
with open(result, "w", encoding="utf-8") as file:
    file.writelines(line + "\\n" for line in report)
for line in report:
    print(line)
for line in problems:
    print(line, file=sys.stderr)
sys.exit(1 if problems else 0)
`;
