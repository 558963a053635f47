"""Lock this process permanently: Landlock for files, seccomp for everything else.

Neither needs a privilege, and neither can be undone from inside, whoever runs the process. The worker must
have imported everything it needs beforehand: afterwards it cannot read any of our files.
"""

import errno
import os
import socket
import stat
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any, Final

from grader.worker.isolation.import_filter import hide_what_cannot_be_read
from grader.worker.isolation.readable_paths import DEVICES, FOR_STUDENTS, readable_paths
from grader.worker.isolation.syscalls import (
    ALLOWED,
    CLONE_THREAD,
    CONDITIONAL,
    PRETENDED,
    REFUSED,
    UNSUPPORTED,
)

__all__ = ["Lockdown", "prepared"]

LOW_32_BITS: Final = 0xFFFFFFFF

_HELD: Final = "held"


class Lockdown:
    """Prepared once and applied in each worker: open handles of everything that may be read.

    `packages` are the distributions that may be read, with their dependencies. Raises OSError, ImportError or
    py_landlock's LandlockError if this machine does not support it.
    """

    def __init__(self, packages: Iterable[str] = FOR_STUDENTS) -> None:
        import py_landlock

        self._abi = py_landlock.get_abi_version()
        self._handles = tuple(
            (os.open(path, os.O_PATH | os.O_CLOEXEC), path) for path in readable_paths(packages)
        )
        read, both = (
            py_landlock.AccessFs.READ_FILE,
            py_landlock.AccessFs.READ_FILE | py_landlock.AccessFs.READ_DIR,
        )
        self._rights = tuple(
            int(both if stat.S_ISDIR(os.fstat(handle).st_mode) else read) for handle, _ in self._handles
        )
        self._calls = _calls_of_any_process()

    def shut_files(self, folder: str | None, files: Iterable[str] = ()) -> None:
        """From now on, this process reads what is allowed, reads and writes in its own folder, and reads the
        named files.

        Without a folder it writes nowhere. The handles are needed here for the last time.
        """
        import py_landlock
        from py_landlock.abi import get_supported_fs, get_supported_net, get_supported_scope
        from py_landlock.prctl import set_no_new_privs

        for entry in sys.path:  # cached now, because it cannot be listed any more afterwards
            finder = sys.path_importer_cache.get(entry)
            if finder is not None:
                finder.find_spec("grader.worker.nothing")
        access = py_landlock.AccessFs
        own = (
            access.READ_FILE | access.READ_DIR | access.WRITE_FILE | access.TRUNCATE | access.REFER
            | access.MAKE_REG | access.MAKE_DIR | access.REMOVE_FILE | access.REMOVE_DIR
        )  # fmt: skip
        known = get_supported_fs(self._abi)
        attributes = py_landlock.RulesetAttr()
        attributes.handled_access_fs = int(known)
        attributes.handled_access_net = int(get_supported_net(self._abi))
        attributes.scoped = int(get_supported_scope(self._abi))
        rules = py_landlock.create_ruleset(attributes)
        rule = py_landlock.PathBeneathAttr()
        for (handle, path), rights in zip(self._handles, self._rights, strict=True):
            rule.allowed_access = rights | (int(access.WRITE_FILE) if path == DEVICES[0] else 0)
            rule.parent_fd = handle
            py_landlock.add_rule(rules, rule)
        named = [(folder, own & known, os.O_DIRECTORY)] if folder is not None else []
        named += [(file, access.READ_FILE, os.O_NOFOLLOW) for file in files]
        for path, allowed, flag in named:
            rule.allowed_access = int(allowed)
            rule.parent_fd = os.open(path, os.O_PATH | os.O_CLOEXEC | flag)
            py_landlock.add_rule(rules, rule)
            os.close(rule.parent_fd)
        set_no_new_privs()
        py_landlock.restrict_self(rules, None)
        os.close(rules)
        hide_what_cannot_be_read()

    def shut_calls(self) -> None:
        """From now on, this process computes, and uses the files it may; it reaches nothing else. Call once
        per process."""
        import pyseccomp as seccomp

        # The kernel reads process ids as 32 bits, so only these are compared.
        for name in ("kill", "tgkill"):
            _add(
                self._calls,
                seccomp.ALLOW,
                name,
                seccomp.Arg(0, seccomp.MASKED_EQ, LOW_32_BITS, os.getpid()),
            )
            _add(self._calls, seccomp.ERRNO(errno.EPERM), name, seccomp.Arg(0, seccomp.NE, os.getpid()))
        self._calls.load()


def _add(rules: Any, action: int, name: str, *arguments: Any) -> None:
    import pyseccomp as seccomp

    number = seccomp.resolve_syscall(seccomp.Arch.NATIVE, name)
    if number != -1:  # a call unknown to this libseccomp or this kind of processor
        rules.add_rule(action, number, *arguments)


def _calls_of_any_process() -> Any:
    """The calls that a locked process may make, except those that name a process."""
    import pyseccomp as seccomp

    rules = seccomp.SyscallFilter(seccomp.ERRNO(errno.ENOSYS))
    add = partial(_add, rules)
    refuse = seccomp.ERRNO(errno.EPERM)
    for name in ALLOWED:
        add(seccomp.ALLOW, name)
    for name in REFUSED:
        add(refuse, name)
    for name in PRETENDED:
        add(seccomp.ERRNO(0), name)
    for name in UNSUPPORTED:
        add(seccomp.ERRNO(errno.ENOTSUP), name)
    for condition in CONDITIONAL:
        for value in condition.values:
            add(
                seccomp.ALLOW,
                condition.call,
                seccomp.Arg(condition.argument, seccomp.MASKED_EQ, condition.mask, value),
            )
    add(refuse, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, CLONE_THREAD, 0))
    add(
        seccomp.ALLOW,
        "prlimit64",  # limits may be read, never set: root could raise them
        seccomp.Arg(0, seccomp.MASKED_EQ, LOW_32_BITS, 0),
        seccomp.Arg(2, seccomp.EQ, 0),
    )
    rules.set_attr(seccomp.Attr.CTL_OPTIMIZE, 2)
    return rules


def prepared(packages: Iterable[str] = FOR_STUDENTS) -> tuple[Lockdown | None, str]:
    """The lockdown for workers on this machine, or what prevents it, in a few words.

    `packages` are the distributions that a locked process may read.

    The lockdown is trusted only after a child process has locked itself and tried to break out.
    """
    if sys.platform != "linux":
        return None, "Landlock and seccomp exist on Linux only"
    try:
        lockdown = Lockdown(packages)
    except ImportError as error:
        return None, f"the Python package {error.name} is not installed"
    except Exception as error:  # whatever the error, this machine does not support it
        return None, f"{type(error).__name__}: {error}"
    problem = _tried_in_a_child(lockdown)
    return (None, problem) if problem else (lockdown, "")


def _tried_in_a_child(lockdown: Lockdown) -> str:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        try:
            os.write(writer, _tried(lockdown).encode("utf-8", "replace")[:1000])
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        answer = pipe.read().decode("utf-8", "replace")
    os.waitpid(child, 0)
    return "" if answer == _HELD else answer or "a process that locked itself in died of it"


def _tried(lockdown: Lockdown) -> str:
    try:
        lockdown.shut_files(str(Path.cwd()))
        lockdown.shut_calls()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    forbidden: dict[str, Callable[[], Any]] = {
        "reading a folder that is not allowed": lambda: os.scandir(os.sep),
        "opening a socket": socket.socket,
        "starting a process": os.fork,
    }
    for what, attempt in forbidden.items():
        try:
            attempt()
        except PermissionError:
            continue
        return f"{what} was still possible after locking"
    return _HELD
