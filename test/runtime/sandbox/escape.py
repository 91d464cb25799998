"""Attempts to leave the sandbox or to change what lies outside. Prints {attempt: outcome}: an errno name when the kernel
refused, "ok" with what was gained when it did not. What each tier must answer stands in escape.test.ts."""

import ctypes
import errno
import json
import mmap
import os
import platform
import pty
import signal
import socket
import struct
import subprocess

request = json.load(open("/rpkg/out/request.json"))
libc = ctypes.CDLL(None, use_errno=True)
x86 = platform.machine() == "x86_64"
outcomes = {}

# One more is open while the directory is listed.
listed = sorted(map(int, os.listdir("/proc/self/fd")))
outcomes["descriptors"] = " ".join(str(number) for number in listed if os.path.lexists(f"/proc/self/fd/{number}"))


def attempt(name, action):
    try:
        value = action()
        outcomes[name] = "ok" if value is None else f"ok {value}"
    except OSError as error:
        outcomes[name] = errno.errorcode.get(error.errno, str(error))
    except subprocess.SubprocessError as error:
        outcomes[name] = str(error)


def checked(value):
    if value == -1:
        raise OSError(ctypes.get_errno(), "")
    return None


def call(number, *words):
    """A system call by its numbers on x86_64 and aarch64."""
    chosen = number[0] if x86 else number[1]
    ctypes.set_errno(0)
    return checked(libc.syscall(chosen, *[ctypes.c_long(word) if isinstance(word, int) else word for word in words]))


def in_child(action):
    """For what could stop or change this process. The child's own outcome is handed back."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        attempt("child", action)
        os.write(write, outcomes["child"].encode())
        os._exit(0)
    os.close(write)
    _, status = os.waitpid(child, 0)
    with os.fdopen(read) as stream:
        outcome = stream.read()
    return outcome if os.WIFEXITED(status) else f"ended by signal {os.WTERMSIG(status)}"


def attempt_in_child(name, action):
    outcome = in_child(action)
    outcomes[name] = outcome


def connect(family, address, kind=socket.SOCK_STREAM):
    with socket.socket(family, kind) as client:
        client.settimeout(2)
        client.connect(address)


def datagram(family, address):
    with socket.socket(family, socket.SOCK_DGRAM) as client:
        client.settimeout(2)
        client.connect(address)
        client.send(b"x")
        client.recv(1)


def network():
    port = request["port"]
    attempt("tcp 127.0.0.1", lambda: connect(socket.AF_INET, ("127.0.0.1", port)))
    attempt("tcp ::1", lambda: connect(socket.AF_INET6, ("::1", port)))
    attempt("tcp elsewhere", lambda: connect(socket.AF_INET, ("192.0.2.1", 80)))
    attempt("tcp6 elsewhere", lambda: connect(socket.AF_INET6, ("2001:db8::1", 80)))
    attempt("udp 127.0.0.1", lambda: datagram(socket.AF_INET, ("127.0.0.1", port)))
    attempt("udp elsewhere", lambda: datagram(socket.AF_INET, ("192.0.2.1", 53)))
    attempt("raw socket", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP).close())
    attempt("packet socket", lambda: socket.socket(17, socket.SOCK_RAW, 0x300).close())
    attempt("vsock", lambda: socket.socket(40, socket.SOCK_STREAM).close())
    attempt("crypto socket", lambda: socket.socket(38, socket.SOCK_SEQPACKET).close())
    attempt("abstract socket", lambda: connect(socket.AF_UNIX, "\0" + request["abstract"]))
    attempt("socket in a host directory", lambda: connect(socket.AF_UNIX, request["socket"]))
    outcomes["interfaces"] = " ".join(name for _, name in socket.if_nameindex())
    outcomes["host places"] = " ".join(filter(os.path.lexists, ["/run", "/var", "/home", "/root", "/sys", "/mnt", "/oldroot", "/.host", request["folder"]]))


def writing():
    for path in ["/new", "/usr/new", "/etc/new", "/rpkg/new", "/rpkg/in/new", "/proc/new", "/bin/new"]:
        attempt(f"create {path}", lambda path=path: open(path, "w").close())
    for path in ["kernel/core_pattern", "kernel/hostname", "kernel/printk", "vm/overcommit_memory", "user/max_user_namespaces", "net/ipv4/ip_forward"]:
        attempt(f"open /proc/sys/{path}", lambda path=path: os.close(os.open(f"/proc/sys/{path}", os.O_WRONLY)))
    attempt("sysrq", lambda: os.close(os.open("/proc/sysrq-trigger", os.O_WRONLY)))
    attempt("memory of the machine", lambda: os.close(os.open("/proc/kcore", os.O_RDONLY)))
    attempt("kernel log", lambda: checked(libc.klogctl(3, ctypes.create_string_buffer(100), 100)))
    attempt("remove a program", lambda: os.unlink("/usr/bin/env"))
    attempt("rename a program", lambda: os.rename("/usr/bin/env", "/usr/bin/envy"))


def inputs():
    path = "/rpkg/in/file"
    attempt("input chmod", lambda: os.chmod(path, 0o777))
    attempt("input rewrite", lambda: open(path, "w").close())
    attempt("input truncate", lambda: os.truncate(path, 0))
    attempt("input rename", lambda: os.rename(path, "/rpkg/out/file"))
    attempt("input hard link", lambda: os.link(path, "/rpkg/out/linked"))
    attempt("input times", lambda: os.utime(path, (1, 1)))
    attempt("input through /proc/self/root", lambda: open("/proc/self/root" + path, "w").close())
    descriptor = os.open(path, os.O_RDONLY)
    attempt("input through /proc/self/fd", lambda: os.close(os.open(f"/proc/self/fd/{descriptor}", os.O_RDWR)))
    attempt("input through memory", lambda: mmap.mmap(descriptor, 1, mmap.MAP_SHARED, mmap.PROT_WRITE))
    attempt("input mode by descriptor", lambda: os.fchmod(descriptor, 0o777))
    os.close(descriptor)


def secrets():
    """Every file of /proc that can be read, searched for what only the starter of the sandbox knows."""
    found = []
    for folder, names, files in os.walk("/proc"):
        names[:] = [name for name in names if name not in ("task", "map_files") and not (folder == "/proc" and name in ("sys", "bus", "irq", "fs", "driver"))]
        for name in files:
            if name in ("kmsg", "kpagecount", "kpageflags", "kpagecgroup", "pagemap", "mem", "kcore", "trace_pipe"):
                continue
            path = os.path.join(folder, name)
            try:
                with open(path, "rb", buffering=0, opener=lambda path, flags: os.open(path, flags | os.O_NONBLOCK)) as stream:
                    text = stream.read(1 << 20) or b""
            except OSError:
                continue
            mine = int(folder.split("/")[2]) == os.getpid() if folder.count("/") > 1 and folder.split("/")[2].isdigit() else "self" in folder
            if not mine and any(bytes(secret, "utf8") in text for secret in request["secrets"]):
                found.append(path)
    outcomes["secrets found"] = " ".join(found)
    outcomes["environment of 1"] = in_child(lambda: open("/proc/1/environ").read() or None)
    attempt("directories that process 1 holds", lambda: " ".join(name for name in os.listdir("/proc/1/fd") if os.path.isdir(f"/proc/1/fd/{name}")) or None)
    for link in ["root", "cwd", "exe", "fd/1"]:
        attempt(f"/proc/1/{link} leads outside", lambda link=link: os.stat(f"/proc/1/{link}/" + request["folder"]).st_ino)


ATTACH, DETACH = 16, 17


def traced(process):
    checked(libc.ptrace(ATTACH, process, 0, 0))
    os.waitpid(process, 0)
    checked(libc.ptrace(DETACH, process, 0, 0))


def read_memory(process):
    buffer = ctypes.create_string_buffer(8)
    local = (ctypes.c_size_t * 2)(ctypes.addressof(buffer), 8)
    remote = (ctypes.c_size_t * 2)(ctypes.addressof(buffer), 8)
    call((310, 270), process, local, 1, remote, 1, 0)


def processes():
    attempt_in_child("trace process 1", lambda: checked(libc.ptrace(ATTACH, 1, 0, 0)))
    attempt("memory of process 1", lambda: read_memory(1))
    attempt("change memory of process 1", lambda: open("/proc/1/mem", "r+b").close())
    sibling = subprocess.Popen(["/bin/sleep", "60"])
    attempt_in_child("trace a sibling", lambda: traced(sibling.pid))
    sibling.kill()
    sibling.wait()
    attempt("stop process 1", lambda: os.kill(1, signal.SIGSTOP))
    attempt("kill process 1", lambda: os.kill(1, signal.SIGKILL))
    outcomes["process 1 state"] = next(line.split()[1] for line in open("/proc/1/status") if line.startswith("State"))
    outcomes["processes"] = " ".join(sorted((name for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()), key=int))
    status = dict(line.split(":\t") for line in open("/proc/self/status").read().splitlines() if ":\t" in line)
    outcomes["capabilities"] = " ".join({status[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")})
    outcomes["no new privileges"] = status["NoNewPrivs"]
    outcomes["filter mode"] = status["Seccomp"]


NEWTIME, NEWNS, NEWUSER, NEWPID, NEWNET = 0x80, 0x20000, 0x10000000, 0x20000000, 0x40000000


def namespaces():
    for name, flags in {"user": NEWUSER, "user and mount": NEWUSER | NEWNS, "mount": NEWNS, "net": NEWNET, "pid": NEWPID, "time": NEWTIME}.items():
        attempt_in_child(f"new {name} namespace", lambda flags=flags: checked(libc.unshare(flags)))
    def cloned():
        child = libc.syscall(56 if x86 else 220, ctypes.c_long(NEWUSER | signal.SIGCHLD), None, None, None, None)
        if child == 0:
            os._exit(0)
        checked(child)
    attempt_in_child("clone with a user namespace", cloned)
    attempt("clone3", lambda: call((435, 435), None, 0))
    attempt("mount", lambda: checked(libc.mount(b"none", b"/tmp", b"tmpfs", 0, None)))
    attempt("remount /usr", lambda: checked(libc.mount(None, b"/usr", None, 0x1020, None)))
    attempt("unmount /usr", lambda: checked(libc.umount2(b"/usr", 2)))
    attempt("pivot_root", lambda: call((155, 41), b"/tmp", b"/tmp"))
    attempt("fsopen", lambda: call((430, 430), b"tmpfs", 0))
    attempt("open_tree", lambda: call((428, 428), -100, b"/", 1))
    attempt("chroot", lambda: os.chroot("/tmp"))
    def joined():
        descriptor = os.open("/proc/1/ns/mnt", os.O_RDONLY)
        checked(libc.setns(descriptor, 0))
    attempt("join the namespace of process 1", joined)
    for name, words in {"bwrap": ["bwrap", "--ro-bind", "/", "/", "true"], "unshare": ["unshare", "-r", "true"]}.items():
        if any(os.path.exists(f"{folder}/{words[0]}") for folder in ("/usr/bin", "/bin")):
            outcomes[f"nested {name}"] = "refused" if subprocess.run(words, stderr=subprocess.DEVNULL, env={"PATH": "/usr/bin:/bin"}).returncode != 0 else "ok"


def privileges():
    path = "/rpkg/out/privileged"
    open(path, "w").close()
    attempt("set-user-ID", lambda: os.chmod(path, 0o4755))
    attempt("set-group-ID", lambda: os.chmod(path, 0o2755))
    descriptor = os.open(path, os.O_RDWR)
    attempt("set-user-ID by descriptor", lambda: os.fchmod(descriptor, 0o4755))
    attempt("set-user-ID by fchmodat2", lambda: call((452, 452), -100, path.encode(), 0o4755, 0))
    attempt("ordinary mode", lambda: os.chmod(path, 0o755))
    attempt("attribute", lambda: os.setxattr(path, "user.x", b"x"))
    attempt("file capability", lambda: os.setxattr(path, "security.capability", struct.pack("<IIIII", 0x2000001, 1, 0, 0, 0)))
    attempt("give away", lambda: os.chown(path, 1, 1))
    attempt("device", lambda: os.mknod("/rpkg/out/device", 0o20666, os.makedev(1, 1)))
    attempt("become root", lambda: os.setuid(0))
    os.close(descriptor)


def type_into_terminal():
    import fcntl

    os.setsid()
    _, terminal = pty.openpty()
    fcntl.ioctl(terminal, 0x540E, 0)
    fcntl.ioctl(terminal, 0x5412, b"x")


def old_call():
    """getpid through the 32-bit entrance, from machine code."""
    code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")
    value = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()
    if value < 0:
        raise OSError(-value, "")


def kernel():
    buffer = ctypes.create_string_buffer(256)
    attempt("session keyring", lambda: call((250, 219), 0, -3, 0))
    attempt("add a key", lambda: call((248, 217), b"user", b"rpkg", b"x", 1, -3))
    attempt("io_uring", lambda: call((425, 425), 8, buffer))
    attempt("bpf", lambda: call((321, 280), 0, buffer, 128))
    attempt("perf_event_open", lambda: call((298, 241), buffer, 0, -1, -1, 0))
    attempt("userfaultfd", lambda: call((323, 282), 0))
    attempt("load a module", lambda: call((175, 105), buffer, 8, b""))
    attempt("kexec", lambda: call((246, 104), 0, 0, None, 0))
    attempt("reboot", lambda: call((169, 142), -0x0112E11D, 0x28121969, 0, None))
    attempt_in_child("fixed addresses", lambda: call((135, 92), 0x40000))
    attempt_in_child("type into a terminal", type_into_terminal)
    if x86:
        attempt_in_child("32-bit call", old_call)
        attempt("x32 call", lambda: checked(libc.syscall(0x40000000 | 39)))


def facts():
    import pwd
    import time

    outcomes["hostname"] = os.uname().nodename
    outcomes["ids"] = f"{os.getuid()} {os.geteuid()} {os.getgid()} {os.getegid()}"
    outcomes["name"] = pwd.getpwuid(os.getuid()).pw_name
    outcomes["zone"] = " ".join(time.tzname)
    outcomes["root"] = " ".join(sorted(os.listdir("/")))


for group in (network, writing, inputs, secrets, processes, namespaces, privileges, kernel, facts):
    group()
print(json.dumps(outcomes))
