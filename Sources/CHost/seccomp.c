// seccomp: the system calls that a server needs once its socket is bound, and no others, in every thread.

#include "CHost.h"

#include <errno.h>

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))

#include "filter.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/// Calls that are younger than some distributions' headers; their numbers are the same on all architectures.
enum { SYS_fchmodat_2 = 452, SYS_setxattr_at = 463, SYS_removexattr_at = 466, SYS_file_setattr_ = 469 };

/// How threads of this process are started, and nothing else: neither processes nor namespaces.
enum { THREAD = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | CLONE_SETTLS
              | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID };

/// Everything that opens a file to change it, makes one, or cuts one off (asm-generic/fcntl.h: __O_TMPFILE).
enum { WRITING = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND | 020000000 };

#define COUNT(rules) (sizeof(rules) / sizeof *(rules))

int host_seccomp_restrict(int listener) {
    int self = getpid();
    const struct filter_rule rules[] = {
        // Memory: never executable.
        RULE(brk, ALLOW),
        RULE_IF(madvise, ALLOW, 1, IS(2, MADV_DONTNEED)),
        RULE_IF(madvise, ALLOW, 1, IS(2, MADV_FREE)),
        RULE_IF(madvise, ALLOW, 1, IS(2, MADV_HUGEPAGE)),
        RULE_IF(madvise, ALLOW, 1, IS(2, MADV_WILLNEED)),
        // As an older kernel says of what it does not know: the C library tries some that are new.
        RULE(madvise, FAIL(EINVAL)),
        RULE(mremap, ALLOW),
        RULE(munlock, ALLOW),
        RULE(munmap, ALLOW),
        RULE_IF(mmap, ALLOW, 1, HAS_NONE(2, PROT_EXEC)),
        RULE_IF(mprotect, ALLOW, 1, HAS_NONE(2, PROT_EXEC)),
        // Threads. The flags of `clone3` are out of a filter's sight; told that there is none, libraries use `clone`.
        RULE_IF(clone, ALLOW, 1, IS_BUT_FOR(0, THREAD, CLONE_DETACHED)),
        RULE(clone3, FAIL(ENOSYS)),
        RULE(exit, ALLOW),
        RULE(exit_group, ALLOW),
        RULE(futex, ALLOW),
        RULE(get_robust_list, ALLOW),
        RULE(gettid, ALLOW),
        RULE(membarrier, ALLOW),
        RULE(restart_syscall, ALLOW),
        RULE(rseq, ALLOW),
        RULE(sched_getaffinity, ALLOW),
        RULE(sched_yield, ALLOW),
        RULE(set_robust_list, ALLOW),
        // A thread's own: those of less urgent work give way.
        RULE_IF(setpriority, ALLOW, 2, IS(0, PRIO_PROCESS), IS(1, 0)),
        // Signals: to this process alone.
        RULE(rt_sigaction, ALLOW),
        RULE(rt_sigprocmask, ALLOW),
        RULE(rt_sigreturn, ALLOW),
        RULE(rt_sigsuspend, ALLOW),
        RULE(sigaltstack, ALLOW),
        RULE(signalfd4, ALLOW),
        RULE_IF(tgkill, ALLOW, 1, IS(0, self)),
        // Time and chance.
        RULE(clock_getres, ALLOW),
        RULE(clock_gettime, ALLOW),
        RULE(clock_nanosleep, ALLOW),
        RULE(getrandom, ALLOW),
        RULE(gettimeofday, ALLOW),
        RULE(nanosleep, ALLOW),
        RULE(timerfd_create, ALLOW),
        RULE(timerfd_settime, ALLOW),
        // What the process is, and how it is doing.
        RULE(getegid, ALLOW),
        RULE(geteuid, ALLOW),
        RULE(getgid, ALLOW),
        RULE(getpid, ALLOW),
        RULE(getrusage, ALLOW),
        RULE(getuid, ALLOW),
        RULE(sysinfo, ALLOW),
        RULE(uname, ALLOW),
        RULE_IF(prctl, ALLOW, 1, IS(0, PR_GET_NAME)),
        RULE_IF(prlimit64, ALLOW, 3, IS(0, 0), IS_NULL(2)),
        // Files: to read, and to write to what is open already.
        RULE(close, ALLOW),
        RULE(faccessat, ALLOW),
        RULE(faccessat2, ALLOW),
        RULE_IF(fcntl, ALLOW, 1, IS(1, F_GETFD)),
        RULE_IF(fcntl, ALLOW, 1, IS(1, F_SETFD)),
        RULE_IF(fcntl, ALLOW, 1, IS(1, F_GETFL)),
        RULE_IF(fcntl, ALLOW, 1, IS(1, F_SETFL)),
        RULE(fstat, ALLOW),
        RULE(getcwd, ALLOW),
        RULE(getdents64, ALLOW),
        RULE_IF(ioctl, ALLOW, 1, IS(1, TCGETS)),
        RULE_IF(ioctl, ALLOW, 1, IS(1, TIOCGWINSZ)),
        RULE(listxattr, ALLOW),
        RULE(lseek, ALLOW),
        RULE(newfstatat, ALLOW),
        RULE_IF(openat, ALLOW, 1, HAS_NONE(2, WRITING)),
        // Its flags are out of a filter's sight.
        RULE(openat2, FAIL(ENOSYS)),
        RULE(pread64, ALLOW),
        RULE(read, ALLOW),
        RULE(readlinkat, ALLOW),
        RULE(readv, ALLOW),
        RULE(statfs, ALLOW),
        RULE(statx, ALLOW),
        RULE(write, ALLOW),
        RULE(writev, ALLOW),
        // Waiting for all of them.
        RULE(epoll_create1, ALLOW),
        RULE(epoll_ctl, ALLOW),
        RULE(epoll_pwait, ALLOW),
        RULE(eventfd2, ALLOW),
        RULE(ppoll, ALLOW),
#if defined(__x86_64__)
        RULE(access, ALLOW),
        RULE(epoll_create, ALLOW),
        RULE(epoll_wait, ALLOW),
        RULE(lstat, ALLOW),
        RULE(poll, ALLOW),
        RULE(readlink, ALLOW),
        RULE(stat, ALLOW),
        RULE(time, ALLOW),
        RULE_IF(open, ALLOW, 1, HAS_NONE(1, WRITING)),
#endif
        // Connections that others open: no socket is made, bound or connected, and one alone is listened on.
        RULE(accept4, ALLOW),
        RULE(getpeername, ALLOW),
        RULE(getsockname, ALLOW),
        RULE(getsockopt, ALLOW),
        RULE_IF(listen, ALLOW, 1, IS(0, listener)),
        RULE(recvfrom, ALLOW),
        RULE_IF(sendto, ALLOW, 2, IS_NULL(4)),
        RULE_IF(setsockopt, ALLOW, 2, IS(1, SOL_SOCKET), IS(2, SO_KEEPALIVE)),
        RULE_IF(setsockopt, ALLOW, 2, IS(1, SOL_SOCKET), IS(2, SO_LINGER)),
        RULE_IF(setsockopt, ALLOW, 2, IS(1, IPPROTO_TCP), IS(2, TCP_KEEPIDLE)),
        RULE_IF(setsockopt, ALLOW, 2, IS(1, IPPROTO_TCP), IS(2, TCP_KEEPINTVL)),
        RULE_IF(setsockopt, ALLOW, 2, IS(1, IPPROTO_TCP), IS(2, TCP_NODELAY)),
        RULE_IF(setsockopt, ALLOW, 2, IS(1, IPPROTO_TCP), IS(2, TCP_USER_TIMEOUT)),
        RULE(shutdown, ALLOW),
    };
    return host_filter(rules, COUNT(rules), FAIL(EPERM));
}

int host_seccomp_forbid_sockets(int listener) {
    const struct filter_rule rules[] = {
        RULE(socket, FAIL(EPERM)),
        RULE(socketpair, FAIL(EPERM)),
        RULE(bind, FAIL(EPERM)),
        RULE(connect, FAIL(EPERM)),
        RULE_IF(listen, ALLOW, 1, IS(0, listener)),
        RULE(listen, FAIL(EPERM)),
        // Datagrams and descriptors need no connection.
        RULE_IF(sendto, ALLOW, 2, IS_NULL(4)),
        RULE(sendto, FAIL(EPERM)),
        RULE(sendmsg, FAIL(EPERM)),
        RULE(sendmmsg, FAIL(EPERM)),
        // What is asked for through a ring passes no filter.
        RULE(io_uring_setup, FAIL(EPERM)),
    };
    return host_filter(rules, COUNT(rules), ALLOW);
}

int host_seccomp_forbid_keeping(void) {
    const struct filter_rule rules[] = {
        // What a file says of itself, which Landlock does not know.
        RULE(fchmod, FAIL(EPERM)),
        RULE(fchmodat, FAIL(EPERM)),
        RULE(fchmodat_2, FAIL(EPERM)),
        RULE(fchown, FAIL(EPERM)),
        RULE(fchownat, FAIL(EPERM)),
        RULE(file_setattr_, FAIL(EPERM)),
        RULE(fremovexattr, FAIL(EPERM)),
        RULE(fsetxattr, FAIL(EPERM)),
        RULE(lremovexattr, FAIL(EPERM)),
        RULE(lsetxattr, FAIL(EPERM)),
        RULE(removexattr, FAIL(EPERM)),
        RULE(removexattr_at, FAIL(EPERM)),
        RULE(setxattr, FAIL(EPERM)),
        RULE(setxattr_at, FAIL(EPERM)),
        RULE(utimensat, FAIL(EPERM)),
#if defined(__x86_64__)
        RULE(chmod, FAIL(EPERM)),
        RULE(chown, FAIL(EPERM)),
        RULE(futimesat, FAIL(EPERM)),
        RULE(lchown, FAIL(EPERM)),
        RULE(utime, FAIL(EPERM)),
        RULE(utimes, FAIL(EPERM)),
#endif
        // Attributes can be set through a file that is open for reading, too.
        RULE_IF(ioctl, ALLOW, 1, IS(1, TCGETS)),
        RULE_IF(ioctl, ALLOW, 1, IS(1, TIOCGWINSZ)),
        RULE_IF(ioctl, ALLOW, 1, IS(1, FIONBIO)),
        RULE_IF(ioctl, ALLOW, 1, IS(1, FIONREAD)),
        RULE(ioctl, FAIL(EPERM)),
        // What the kernel keeps when the process has gone.
        RULE(add_key, FAIL(EPERM)),
        RULE(keyctl, FAIL(EPERM)),
        RULE(mq_open, FAIL(EPERM)),
        RULE(msgget, FAIL(EPERM)),
        RULE(msgsnd, FAIL(EPERM)),
        RULE(request_key, FAIL(EPERM)),
        RULE(semget, FAIL(EPERM)),
        RULE(semop, FAIL(EPERM)),
        RULE(shmat, FAIL(EPERM)),
        RULE(shmget, FAIL(EPERM)),
        // What is asked for through a ring passes no filter.
        RULE(io_uring_setup, FAIL(EPERM)),
    };
    return host_filter(rules, COUNT(rules), ALLOW);
}

#else

int host_seccomp_restrict(int listener) { return ENOSYS; }
int host_seccomp_forbid_sockets(int listener) { return ENOSYS; }
int host_seccomp_forbid_keeping(void) { return ENOSYS; }

#endif
