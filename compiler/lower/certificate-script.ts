// The program that writes certificates. It needs python3 and nothing of rpkg; the digests of trees are those of spec/store.md.

/**
 * `certificate.py RELEASE BY PLAN`: adds the link in `/rpkg/link` to the certificate in `/rpkg/before`, or to a new one when that
 * holds a compiler.
 */
export const certificateProgram = `import hashlib, json, os, sys

release, by, plan = sys.argv[1:]

def varint(number):
    out = b""
    while number > 127:
        out += bytes([number % 128 + 128])
        number //= 128
    return out + bytes([number])

def field(number, data):
    return varint(number * 8 + 2) + varint(len(data)) + data

def digest(data):
    return hashlib.sha256(data).hexdigest().encode(), len(data)

def digest_field(number, pair):
    hexadecimal, size = pair
    return field(number, field(1, hexadecimal) + (varint(16) + varint(size) if size else b""))

def content(path):
    total, size = hashlib.sha256(), 0
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            total.update(block)
            size += len(block)
    return total.hexdigest().encode(), size

def folder(path):
    files, folders, links = [], [], []
    for name in sorted(os.listdir(path)):
        inner = path + b"/" + name
        if os.path.islink(inner):
            links.append(field(3, field(1, name) + field(2, os.readlink(inner))))
        elif os.path.isdir(inner):
            folders.append(field(2, field(1, name) + digest_field(2, folder(inner))))
        else:
            mark = varint(32) + varint(1) if os.stat(inner).st_mode & 0o100 else b""
            files.append(field(1, field(1, name) + digest_field(2, content(inner)) + mark))
    return digest(b"".join(files + folders + links))

def tree(path):
    hexadecimal, size = folder(os.fsencode(path))
    return "sha256:%s/%d" % (hexadecimal.decode(), size)

def seal(value):
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()

before = "/rpkg/before/certificate.json"
if os.path.exists(before):
    with open(before, encoding="utf-8") as file:
        certificate = json.load(file)
else:
    begin = {"release": by, "tree": tree("/rpkg/before")}
    certificate = {"schema": "rpkg.certificate/1", "begin": begin, "links": []}
links = certificate["links"]
link = {"before": links[-1]["seal"] if links else seal(certificate["begin"]), "by": by, "plan": plan}
link.update({"release": release, "tree": tree("/rpkg/link")})
links.append({**link, "seal": seal(link)})
with open(os.environ["OUT"] + "/certificate.json", "w", encoding="utf-8") as file:
    json.dump(certificate, file, ensure_ascii=False, indent=2, sort_keys=True)
    file.write("\\n")
print(links[-1]["seal"])
`;
