/**
 * `split.py TREE PARTS PREFIX NAME=PATTERN…`: copies every file of a tree into the part that claims it, at the same place. Patterns are
 * paths below the prefix, or from the root on with a slash in front; `*` stands for any part of a name, and a folder claims what is
 * below it. The longest pattern has it, and of two that are equally long the one with fewer `*`.
 */
export const splitTree = `import os, re, shutil, sys

tree, parts, prefix = sys.argv[1:4]
claims = []
for claim in sys.argv[4:]:
    name, pattern = claim.split("=", 1)
    path = pattern.lstrip("/") if pattern.startswith("/") else os.path.join(prefix.strip("/"), pattern)
    names = [part for part in path.split("/") if part]
    matchers = [re.compile("[^/]*".join(map(re.escape, part.split("*"))) + r"\\Z") for part in names]
    claims.append((len(names), -pattern.count("*"), name, pattern, matchers))

def claimants(path):
    names = path.split("/")
    found = [claim for claim in claims
             if len(claim[4]) <= len(names) and all(map(lambda matcher, part: matcher.match(part), claim[4], names))]
    used.update(claim[2:4] for claim in found)
    best = max((claim[:2] for claim in found), default=None)
    return sorted({claim[2] for claim in found if claim[:2] == best})

entries = []
for folder, folders, files in os.walk(tree):
    folders.sort()
    links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
    for name in sorted(files + links):
        entries.append(os.path.relpath(os.path.join(folder, name), tree))
    if not files and not folders and folder != tree:
        entries.append(os.path.relpath(folder, tree))

used = set()
problems = []
unclaimed = []
for path in sorted(entries):
    names = claimants(path)
    if len(names) == 1:
        source, target = os.path.join(tree, path), os.path.join(parts, names[0], path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if os.path.islink(source):
            os.symlink(os.readlink(source), target)
        elif os.path.isdir(source):
            os.makedirs(target, exist_ok=True)
        else:
            shutil.copy(source, target)
    elif names:
        problems.append("/%s is claimed by %s" % (path, " and ".join(names)))
    else:
        unclaimed.append(path)
for path in unclaimed[:20]:
    problems.append("no output claims /" + path)
if len(unclaimed) > 20:
    problems.append("and %d files more" % (len(unclaimed) - 20))
for _, _, name, pattern, _ in claims:
    if (name, pattern) not in used:
        problems.append("output %s claims %s, and nothing is called so" % (name, pattern))
for problem in problems:
    print(problem, file=sys.stderr)
if unclaimed:
    print("claim them in an output block, or remove them with install.remove", file=sys.stderr)
sys.exit(1 if problems else 0)
`;
