"""The system calls that a locked worker may make, by name.

A call on none of these lists fails with ENOSYS, as on an older kernel: the C library then uses a fallback if
it has one. An allowlist stays safe when the kernel gains new calls.
"""

from typing import Final, NamedTuple

__all__ = ["ALLOWED", "CLONE_THREAD", "CONDITIONAL", "PRETENDED", "REFUSED", "UNSUPPORTED", "Condition"]

ALLOWED: Final = (
    # files: Landlock decides which ones
    "read", "write", "readv", "writev", "pread64", "pwrite64", "preadv", "pwritev", "preadv2", "pwritev2",
    "open", "openat", "creat", "close", "close_range", "lseek", "stat", "fstat", "lstat", "newfstatat",
    "statx", "statfs", "fstatfs", "access", "faccessat", "faccessat2", "readlink", "readlinkat", "getdents",
    "getdents64", "getcwd", "chdir", "fchdir", "mkdir", "mkdirat", "rmdir", "unlink", "unlinkat", "rename",
    "renameat", "renameat2", "ftruncate", "fallocate", "fsync", "fdatasync", "fadvise64", "flock", "umask",
    "sendfile", "copy_file_range", "dup", "dup2", "dup3", "pipe", "pipe2", "select", "pselect6", "poll",
    "ppoll", "epoll_create", "epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait", "eventfd", "eventfd2",
    # memory
    "brk", "mmap", "munmap", "mremap", "mprotect", "madvise", "mincore", "msync",
    # its own threads, signals and time
    "futex", "futex_waitv", "set_robust_list", "get_robust_list", "set_tid_address", "rseq", "membarrier",
    "arch_prctl", "sched_yield", "sched_getaffinity", "sched_getparam", "sched_getscheduler",
    "sched_get_priority_max", "sched_get_priority_min", "getcpu", "rt_sigaction", "rt_sigprocmask",
    "rt_sigreturn", "rt_sigpending", "rt_sigsuspend", "rt_sigtimedwait", "sigaltstack", "restart_syscall",
    "pause", "alarm", "getitimer", "setitimer", "nanosleep", "clock_nanosleep", "clock_gettime",
    "clock_getres", "gettimeofday", "time", "times", "getrusage", "wait4", "waitid", "exit", "exit_group",
    # identity and location
    "getpid", "getppid", "gettid", "getuid", "geteuid", "getgid", "getegid", "getresuid", "getresgid",
    "getgroups", "getpgrp", "getpgid", "getsid", "getrlimit", "getpriority", "uname", "sysinfo", "getrandom",
)  # fmt: skip

REFUSED: Final = (
    "socket", "socketpair", "connect", "bind", "listen", "accept", "accept4", "sendto", "sendmsg", "sendmmsg",
    "recvfrom", "recvmsg", "recvmmsg", "setsockopt", "getsockopt", "shutdown", "execve", "execveat", "fork",
    "vfork", "ptrace", "process_vm_readv", "process_vm_writev", "pidfd_open", "pidfd_getfd",
    "pidfd_send_signal", "tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "memfd_create", "shmget", "shmat",
    "mq_open", "link", "linkat", "symlink", "symlinkat", "mknod", "mknodat", "truncate", "setrlimit",
    "setpriority", "sched_setaffinity", "sched_setscheduler", "sched_setparam", "sched_setattr", "setsid",
    "setpgid", "setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setgroups", "chroot",
    "mount", "umount2", "unshare", "setns", "io_uring_setup", "bpf", "perf_event_open", "kexec_load",
    "reboot", "swapon", "sethostname", "settimeofday", "clock_settime", "init_module", "finit_module",
)  # fmt: skip
"""These fail with EPERM, which Python shows as PermissionError: a student may have made them on purpose."""

PRETENDED: Final = (
    "chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "lchown", "fchownat", "utime", "utimes",
    "utimensat", "futimesat", "sync", "syncfs",
)  # fmt: skip
"""These report success and do nothing. Landlock does not guard modes, owners and times of files outside, and
`shutil.copy` must not fail because of them."""

UNSUPPORTED: Final = (
    "setxattr", "lsetxattr", "fsetxattr", "getxattr", "lgetxattr", "fgetxattr", "listxattr", "llistxattr",
    "flistxattr", "removexattr", "lremovexattr", "fremovexattr",
)  # fmt: skip
"""These fail with ENOTSUP, as on a file system without extended attributes."""


CLONE_THREAD: Final = 0x10000


class Condition(NamedTuple):
    """A call that is allowed if the lower 32 bits of an argument, masked, have one of the values."""

    call: str
    argument: int
    values: tuple[int, ...]
    mask: int = 0xFFFFFFFF


CONDITIONAL: Final = (
    Condition("clone", 0, (CLONE_THREAD,), CLONE_THREAD),  # threads, never processes
    # F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, locks, F_DUPFD_CLOEXEC; not F_SETOWN, which sends signals
    Condition("fcntl", 1, (0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030)),
    # TCGETS, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX: isatty and inheritance
    Condition("ioctl", 1, (0x5401, 0x541B, 0x5421, 0x5450, 0x5451)),
    # PR_GET_DUMPABLE, PR_SET_NAME, PR_GET_NAME, PR_SET_VMA: names of threads and of memory
    Condition("prctl", 0, (3, 15, 16, 0x53564D41)),
)
"""With other arguments, these calls count as unknown."""
