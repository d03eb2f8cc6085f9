// A library that has got into the server and tries every way out that it knows.
//
// Preloaded, it waits until the server listens, which is when all protections are in force, and then attacks from
// within. As a program (-DFREE), it tries what does no harm in a process that is not protected, which shows that the
// attacks work. It writes a line for each attack to standard error: `ATTACK name 1` when it got through, `ATTACK name
// 0` otherwise.
//
// The environment names what it attacks: HOSTILE_FILE and HOSTILE_FOLDER, which it may write to but for the server's
// protections; HOSTILE_READABLE, a file that the server may read; HOSTILE_DATAGRAMS and HOSTILE_STREAM, sockets that
// somebody listens on; HOSTILE_PORT, a TCP port that somebody listens on; HOSTILE_VICTIM, a process of the same user;
// HOSTILE_GENTLE asks for attacks on files and sockets alone.
#include "hostile.h"

static void attack_files(void) {
    TRY("open-create", opens(inside("created"), O_WRONLY | O_CREAT));
    TRY("open-read-create", opens(inside("created-for-reading"), O_RDONLY | O_CREAT));
    TRY("open-truncate", opens(file, O_RDONLY | O_TRUNC));
    TRY("open-write", opens(file, O_WRONLY));
    TRY("open-append", opens(file, O_WRONLY | O_APPEND));
    TRY("open-mode-3", opens(file, O_ACCMODE));
    TRY("open-temporary", opens(folder, O_TMPFILE | O_RDWR));
    struct { uint64_t flags, mode, resolve; } how = {O_WRONLY, 0, 0};
    TRY("openat2", CALL(SYS_openat2, AT_FDCWD, file, &how, sizeof how));
    TRY("truncate", truncate(file, 1) == 0);
    TRY("mkdir", mkdir(inside("folder"), 0700) == 0);
    TRY("mkfifo", mknod(inside("pipe"), S_IFIFO | 0600, 0) == 0);
    TRY("symlink", symlink(MESSAGE, inside("symlink")) == 0);
    char from[512];
    snprintf(from, sizeof from, "%s", inside("symlink"));
    TRY("rename", rename(from, inside("renamed")) == 0);
    TRY("link", link(file, inside("link")) == 0);
    TRY("unlink", unlink(inside("link")) == 0);
    TRY("rmdir", rmdir(inside("folder")) == 0);
    const char *targets[] = {file, readable};
    for (int i = 0; i < 2; i++) {
        const char *target = targets[i];
        int fd = open(target, O_RDONLY);
        struct timespec times[2] = {{1, 1}, {1, 1}};
        TRY("chmod", chmod(target, 0644) == 0);
        TRY("fchmod", fchmod(fd, 0644) == 0);
        TRY("fchmodat2", CALL(452, AT_FDCWD, target, 0644, 0));
        TRY("chown", chown(target, geteuid(), getegid()) == 0);
        TRY("fchown", fchown(fd, geteuid(), getegid()) == 0);
        TRY("utimensat", utimensat(AT_FDCWD, target, times, 0) == 0);
        TRY("futimens", futimens(fd, times) == 0);
        TRY("setxattr", CALL(SYS_setxattr, target, "user.prompt", MESSAGE, sizeof MESSAGE, 0));
        TRY("lsetxattr", CALL(SYS_lsetxattr, target, "user.prompt", MESSAGE, sizeof MESSAGE, 0));
        TRY("fsetxattr", CALL(SYS_fsetxattr, fd, "user.prompt", MESSAGE, sizeof MESSAGE, 0));
        TRY("removexattr", CALL(SYS_removexattr, target, "user.prompt"));
        struct { uint64_t value; uint32_t size, flags; } attribute = {(uintptr_t)MESSAGE, sizeof MESSAGE, 0};
        TRY("setxattrat", CALL(463, AT_FDCWD, target, 0, "user.prompt", &attribute, sizeof attribute));
        TRY("removexattrat", CALL(466, AT_FDCWD, target, 0, "user.prompt"));
        int flags = 0;
        TRY("ioctl-set-flags", ioctl(fd, _IOW('f', 2, long), &flags) == 0);
        TRY("flock", CALL(SYS_flock, fd, 2));
        syscall(SYS_flock, fd, 8);
        struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
        TRY("fcntl-lock", fcntl(fd, F_SETLK, &lock) == 0);
        TRY("fcntl-open-lock", fcntl(fd, F_OFD_SETLK, &lock) == 0);
        TRY("fcntl-lease", fcntl(fd, F_SETLEASE, F_RDLCK) == 0);
        TRY("fcntl-owner", fcntl(fd, F_SETOWN, victim) == 0);
        TRY("fadvise", CALL(SYS_fadvise64, fd, 0, 0, 4));
        close(fd);
    }
    TRY("inotify", CALL(SYS_inotify_init1, 0));
    TRY("shared-memory-file", opens("/dev/shm/mystarion-hostile", O_RDWR | O_CREAT));
    unlink("/dev/shm/mystarion-hostile");
    TRY("own-name", opens("/proc/self/comm", O_WRONLY));
    TRY("own-memory", opens("/proc/self/mem", O_RDWR));
    TRY("own-image-filter", opens("/proc/self/coredump_filter", O_WRONLY));
    TRY("own-score", opens("/proc/self/oom_score_adj", O_WRONLY));
    TRY("terminal", opens("/dev/ptmx", O_RDWR));
    TRY("null", opens("/dev/null", O_WRONLY));
    TRY("read-passwords", opens("/etc/passwd", O_RDONLY));
    TRY("read-victim-environment", reads("/proc/%d/environ", victim));
    TRY("read-victim-memory", reads("/proc/%d/maps", victim));
}

/// What stays in the kernel when the process has gone.
static void attack_kernel_objects(void) {
    long shared = syscall(SYS_shmget, 0x6d79, 4096, 01000 | 0600);
    TRY("shmget", shared >= 0);
    TRY("shmat", shared >= 0 && syscall(SYS_shmat, shared, NULL, 0) != -1);
    if (shared >= 0) syscall(SYS_shmctl, shared, 0, NULL);
    long queue = syscall(SYS_msgget, 0x6d79, 01000 | 0600);
    TRY("msgget", queue >= 0);
    if (queue >= 0) syscall(SYS_msgctl, queue, 0, NULL);
    long semaphores = syscall(SYS_semget, 0x6d79, 1, 01000 | 0600);
    TRY("semget", semaphores >= 0);
    if (semaphores >= 0) syscall(SYS_semctl, semaphores, 0, 0, 0);
    long posix = syscall(SYS_mq_open, "mystarion-hostile", O_RDWR | O_CREAT, 0600, NULL);
    TRY("mq_open", posix >= 0);
    if (posix >= 0) syscall(SYS_mq_unlink, "mystarion-hostile");
    TRY("add_key", CALL(SYS_add_key, "user", "prompt", MESSAGE, sizeof MESSAGE, -2));
    TRY("memfd", CALL(SYS_memfd_create, "prompt", 0));
    TRY("memfd_secret", !IS_FREE && CALL(447, 0));
    char ring[256] = {0};
    TRY("io_uring", !IS_FREE && CALL(SYS_io_uring_setup, 4, ring));
    TRY_DANGEROUS("bpf", CALL(SYS_bpf, 0, ring, sizeof ring));
    TRY_DANGEROUS("perf", CALL(SYS_perf_event_open, ring, 0, -1, -1, 0));
    TRY_DANGEROUS("userfaultfd", CALL(SYS_userfaultfd, 1));
    TRY_DANGEROUS("keyctl", CALL(SYS_keyctl, 0, -3, 0));
    TRY_DANGEROUS("syslog", CALL(SYS_syslog, 10, NULL, 0));
    TRY_DANGEROUS("mount", CALL(SYS_mount, "none", folder, "tmpfs", 0, NULL));
    TRY_DANGEROUS("chroot", CALL(SYS_chroot, folder));
    char host[256] = "";
    gethostname(host, sizeof host);
    TRY_DANGEROUS("sethostname", CALL(SYS_sethostname, host, strlen(host)));
    TRY_DANGEROUS("acct", CALL(SYS_acct, NULL));
}

static int listens(int fd) { return fd >= 0 && listen(fd, 1) == 0; }

static struct sockaddr_un unix_address(const char *path, socklen_t *size) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    *size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path) + 1);
    return address;
}

static int binds(int fd, uint16_t number) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(number), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    return fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0;
}

static int connects(int fd) {
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    return fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
}

static int send_with(int fd, int family_unix, int how, int flags) {
    socklen_t size;
    struct sockaddr_un local = unix_address(datagrams, &size);
    struct sockaddr_in remote = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    void *address = family_unix ? (void *)&local : (void *)&remote;
    if (!family_unix) size = sizeof remote;
    struct iovec vector = {(void *)MESSAGE, sizeof MESSAGE};
    struct msghdr message = {.msg_name = address, .msg_namelen = size, .msg_iov = &vector, .msg_iovlen = 1};
    struct mmsghdr several = {.msg_hdr = message};
    if (how == 0) return sendto(fd, MESSAGE, sizeof MESSAGE, flags, address, size) > 0;
    if (how == 1) return sendmsg(fd, &message, flags) > 0;
    return sendmmsg(fd, &several, 1, flags) > 0;
}

static int sends_descriptor(int fd) {
    char control[CMSG_SPACE(sizeof(int))] = {0}, byte = 0;
    struct iovec vector = {&byte, 1};
    struct msghdr message = {
        .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    *header = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(header), &(int){2}, sizeof(int));
    return sendmsg(fd, &message, 0) > 0;
}

static void attack_sockets(void) {
    const int protocols[] = {0, IPPROTO_TCP, IPPROTO_UDP, 1, 132, 255, 262};
    int made = 0;
    for (int family = 0; family < 48; family++) {
        for (int type = 1; type <= 10; type++) {
            for (unsigned i = 0; i < sizeof protocols / sizeof *protocols; i++) {
                int fd = socket(family, type, protocols[i]);
                if (fd >= 0) made++, close(fd);
                int pair[2];
                if (socketpair(family, type, protocols[i], pair) == 0) made++, close(pair[0]), close(pair[1]);
            }
        }
    }
    TRY("any-socket", made > 0);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    TRY("listen-unbound", listens(fd));
    close(fd);
    fd = socket(AF_INET, SOCK_STREAM, 262);
    TRY("mptcp-bind", binds(fd, 64997));
    TRY("mptcp-listen", listens(fd));
    close(fd);
    fd = socket(AF_INET, SOCK_STREAM, 0);
    TRY("bind", binds(fd, 64998));
    TRY("connect", connects(socket(AF_INET, SOCK_STREAM, 0)));
    TRY("fast-open", send_with(socket(AF_INET, SOCK_STREAM, 0), 0, 0, MSG_FASTOPEN));
    TRY("udp", send_with(socket(AF_INET, SOCK_DGRAM, 0), 0, 0, 0));
    int abstract = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "\0mystarion-hostile"};
    TRY("abstract", bind(abstract, (struct sockaddr *)&name, sizeof name) == 0 && listens(abstract));
    TRY("vsock", listens(socket(40, SOCK_STREAM, 0)));
    socklen_t size;
    struct sockaddr_un local = unix_address(stream, &size);
    TRY("unix-connect", connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&local, size) == 0);
    int pair[2] = {-1, -1};
    TRY("pair", socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0);
    TRY("pair-sendto", send_with(pair[0], 1, 0, 0));
    TRY("pair-sendmsg", send_with(pair[0], 1, 1, 0));
    TRY("pair-sendmmsg", send_with(pair[0], 1, 2, 0));
    TRY("send-descriptor", sends_descriptor(pair[0]));
    // Through what is open already, whatever it is.
    int sent = 0, listening = 0, bound = 0, copied = 0, options = 0;
    for (int open = 0; open < 64; open++) {
        for (int how = 0; how < 3; how++) sent += send_with(open, 1, how, MSG_DONTWAIT) + send_with(open, 0, how, MSG_DONTWAIT);
        sent += sends_descriptor(open);
        bound += binds(open, 64996) || connects(open);
        struct sock_filter_ { uint16_t code; uint8_t jt, jf; uint32_t k; } keep = {6, 0, 0, 0xffff};
        struct { unsigned short length; void *filter; } program = {1, &keep};
        options += setsockopt(open, SOL_SOCKET, 26, &program, sizeof program) == 0;
        options += setsockopt(open, IPPROTO_TCP, 23, &(int){5}, sizeof(int)) == 0;
        if (!IS_FREE) copied += dup2(open, 100) >= 0 || dup(open) >= 0 || fcntl(open, F_DUPFD_CLOEXEC, 100) >= 0;
        if (!IS_FREE) copied += ioctl(open, TIOCSTI, "x") == 0 || ioctl(open, FIOASYNC, &(int){1}) == 0;
        int is_listening = 0;
        socklen_t length = sizeof is_listening;
        int known = getsockopt(open, SOL_SOCKET, SO_ACCEPTCONN, &is_listening, &length) == 0 && is_listening;
        listening += !known && open != listener && listens(open);
    }
    TRY_DANGEROUS("send-through-open", sent > 0);
    TRY_DANGEROUS("bind-open", bound > 0);
    TRY_DANGEROUS("options-open", options > 0);
    TRY_DANGEROUS("listen-open", listening > 0);
    TRY_DANGEROUS("copy-open", copied > 0);
}

static int starts(long flags) {
    long child = syscall(SYS_clone, flags, NULL, NULL, NULL, NULL);
    if (child == 0) _exit(0);
    if (child > 0) waitpid((pid_t)child, NULL, 0);
    return child > 0;
}

static void attack_processes(void) {
    pid_t child;
    char *arguments[] = {"true", NULL};
    int status = posix_spawn(&child, "/bin/true", NULL, NULL, arguments, NULL);
    if (status == 0) waitpid(child, NULL, 0);
    TRY("spawn", status == 0);
    TRY("fork", starts(SIGCHLD));
    TRY_DANGEROUS("clone-shared", starts(CLONE_VM | CLONE_VFORK | SIGCHLD));
    TRY_DANGEROUS("clone-namespace", starts(CLONE_NEWUSER | SIGCHLD));
    TRY_DANGEROUS("clone-files", starts(CLONE_FILES | CLONE_FS | SIGCHLD));
    char wide[64] = {0};
    TRY_DANGEROUS("clone3", CALL(SYS_clone3, wide, sizeof wide));
    TRY_DANGEROUS("exec", execve("/bin/true", arguments, NULL) == 0);
    TRY_DANGEROUS("execveat", CALL(SYS_execveat, AT_FDCWD, "/bin/true", arguments, NULL, 0));
    TRY_DANGEROUS("unshare", unshare(CLONE_NEWUSER) == 0 || unshare(CLONE_FILES) == 0);
    TRY("kill-victim", kill(victim, 0) == 0);
    TRY("tgkill-victim", CALL(SYS_tgkill, victim, victim, 0));
    TRY("tkill-victim", CALL(SYS_tkill, victim, 0));
    siginfo_t information = {.si_code = SI_QUEUE};
    TRY("queue-signal", CALL(SYS_rt_sigqueueinfo, victim, 0, &information));
    TRY("pidfd", CALL(434, victim, 0));
    TRY_DANGEROUS("ptrace", CALL(SYS_ptrace, 0x4206, victim, 0, 0) || CALL(SYS_ptrace, 0, 0, 0, 0));
    char byte = 1, copy;
    struct iovec one = {&byte, 1}, other = {&copy, 1};
    TRY("read-process", process_vm_readv(getpid(), &other, 1, &one, 1, 0) == 1);
    TRY("write-process", process_vm_writev(getpid(), &other, 1, &one, 1, 0) == 1);
    TRY("kcmp", CALL(SYS_kcmp, getpid(), getpid(), 0, 0, 1));
    struct rlimit limit;
    TRY("limits-of-victim", prlimit(victim, RLIMIT_NOFILE, NULL, &limit) == 0);
    TRY("own-limits", getrlimit(RLIMIT_NOFILE, &limit) == 0 && setrlimit(RLIMIT_NOFILE, &limit) == 0);
    TRY("priority-of-victim", setpriority(PRIO_PROCESS, (id_t)victim, 5) == 0);
    TRY("priority-of-user", setpriority(PRIO_USER, geteuid(), 0) == 0);
    cpu_set_t processors;
    TRY("affinity", sched_getaffinity(0, sizeof processors, &processors) == 0
                        && sched_setaffinity(0, sizeof processors, &processors) == 0);
    TRY("ioprio", CALL(SYS_ioprio_set, 1, 0, 0x4000));
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct has[2] = {{0}};
    TRY_DANGEROUS("capabilities", CALL(SYS_capset, &header, has));
    TRY_DANGEROUS("become-root", setuid(0) == 0 || setresuid(0, 0, 0) == 0 || setgid(0) == 0);
    TRY_DANGEROUS("groups", syscall(SYS_setgroups, 0, NULL) == 0);
}

static void attack_itself(void) {
    TRY("thread-name", prctl(PR_SET_NAME, "a prompt", 0, 0, 0) == 0);
    TRY_DANGEROUS("dumpable", prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0);
    const int options[] = {PR_SET_PDEATHSIG, PR_SET_KEEPCAPS, PR_SET_TIMING, PR_SET_SECUREBITS, PR_SET_MM, 36, 47,
        PR_SET_SECCOMP, PR_SET_TSC, PR_TASK_PERF_EVENTS_DISABLE, 0x59616d61, 0x53564d41};
    int changed = 0;
    for (unsigned i = 0; i < sizeof options / sizeof *options; i++) changed += prctl(options[i], 0, 0, 0, 0) >= 0;
    TRY_DANGEROUS("prctl", changed > 0);
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    TRY("mprotect-executable", mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0);
    TRY("pkey-executable", CALL(SYS_pkey_mprotect, page, 4096, PROT_READ | PROT_EXEC, -1));
    TRY("mmap-executable",
        mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
    TRY("mergeable", madvise(page, 4096, MADV_MERGEABLE) == 0 || madvise(page, 4096, MADV_DODUMP) == 0);
    TRY("personality", CALL(SYS_personality, 0x0400000));
    TRY("umask", CALL(SYS_umask, 022));
    TRY("chdir", CALL(SYS_chdir, "/"));
#if defined(__x86_64__)
    TRY_DANGEROUS("x32", CALL(0x40000000 | SYS_getpid) || CALL(0x40000000 | 41, AF_UNIX, SOCK_DGRAM, 0));
#endif
}

#ifndef FREE
/// The calls that the server needs, some with certain arguments alone, which the attacks above are about. All others
/// must fail, whatever they are asked.
static const int needed[] = {
    SYS_brk, SYS_madvise, SYS_mremap, SYS_munlock, SYS_munmap, SYS_mmap, SYS_mprotect, SYS_clone, SYS_exit,
    SYS_exit_group, SYS_futex, SYS_get_robust_list, SYS_gettid, SYS_membarrier, SYS_restart_syscall, SYS_rseq,
    SYS_sched_getaffinity, SYS_sched_yield, SYS_set_robust_list, SYS_setpriority, SYS_rt_sigaction, SYS_rt_sigprocmask,
    SYS_rt_sigreturn, SYS_rt_sigsuspend, SYS_sigaltstack, SYS_signalfd4, SYS_tgkill, SYS_clock_getres,
    SYS_clock_gettime, SYS_clock_nanosleep, SYS_getrandom, SYS_gettimeofday, SYS_nanosleep, SYS_timerfd_create,
    SYS_timerfd_settime, SYS_getegid, SYS_geteuid, SYS_getgid, SYS_getpid, SYS_getrusage, SYS_getuid, SYS_sysinfo,
    SYS_uname, SYS_prctl, SYS_prlimit64, SYS_close, SYS_faccessat, SYS_faccessat2, SYS_fcntl, SYS_fstat, SYS_getcwd,
    SYS_getdents64, SYS_ioctl, SYS_listxattr, SYS_lseek, SYS_newfstatat, SYS_openat, SYS_pread64, SYS_read,
    SYS_readlinkat, SYS_readv, SYS_statfs, SYS_statx, SYS_write, SYS_writev, SYS_epoll_create1, SYS_epoll_ctl,
    SYS_epoll_pwait, SYS_eventfd2, SYS_ppoll, SYS_accept4, SYS_getpeername, SYS_getsockname, SYS_getsockopt,
    SYS_listen, SYS_recvfrom, SYS_sendto, SYS_setsockopt, SYS_shutdown,
#if defined(__x86_64__)
    SYS_access, SYS_epoll_create, SYS_epoll_wait, SYS_lstat, SYS_poll, SYS_readlink, SYS_stat, SYS_time, SYS_open,
#endif
};

static void attack_by_number(void) {
    char names[512] = "";
    for (int number = 0; number < 1024; number++) {
        int is_needed = 0;
        for (unsigned i = 0; i < sizeof needed / sizeof *needed; i++) is_needed |= needed[i] == number;
#if defined(__x86_64__)
        // uretprobe and uprobe: the kernel's own trampolines, which no filter sees, and which end any other caller.
        is_needed |= number == 335 || number == 336;
#endif
        if (is_needed) continue;
        long zeros = syscall(number, 0, 0, 0, 0, 0, 0);
        int got_through = zeros >= 0 || (errno != EPERM && errno != ENOSYS);
        long ones = syscall(number, -1, -1, -1, -1, -1, -1);
        got_through |= ones >= 0 || (errno != EPERM && errno != ENOSYS);
        size_t length = strlen(names);
        if (got_through) snprintf(names + length, sizeof names - length, "+%d", number);
    }
    char line[600];
    snprintf(line, sizeof line, "any-call%s", names);
    report(line, names[0] != 0);
}
#endif

static void attack(void) {
    file = named("HOSTILE_FILE");
    folder = named("HOSTILE_FOLDER");
    readable = named("HOSTILE_READABLE");
    datagrams = named("HOSTILE_DATAGRAMS");
    stream = named("HOSTILE_STREAM");
    port = atoi(named("HOSTILE_PORT"));
    victim = atoi(named("HOSTILE_VICTIM"));
    signal(SIGPIPE, SIG_IGN);
    attack_files();
    attack_kernel_objects();
    attack_sockets();
    // Where the allow-list of system calls is waived, the rest would do harm.
    if (getenv("HOSTILE_GENTLE") == NULL) {
        attack_processes();
        attack_itself();
#ifndef FREE
        attack_by_number();
#endif
    }
    report("finished", 1);
}

#ifdef FREE
int main(void) { attack(); }
#else
/// The server listens once, when all protections are in force.
int listen(int fd, int backlog) {
    static int begun;
    if (!begun) {
        begun = 1;
        listener = fd;
        attack();
    }
    return (int)syscall(SYS_listen, fd, backlog);
}
#endif
