// seccomp: system calls that a server has no use for are taken away from it, in every thread.
// Reference: Linux, Documentation/userspace-api/seccomp_filter.rst.

#include "CHost.h"

#include <errno.h>

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#else
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

/// Running programs, looking into other processes, namespaces and mounts, the kernel's insides, connections.
static const int refused[] = {
    SYS_execve, SYS_execveat, SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_kcmp, SYS_pidfd_getfd,
    SYS_unshare, SYS_setns, SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_open_by_handle_at, SYS_open_tree,
    SYS_move_mount, SYS_fsopen, SYS_bpf, SYS_perf_event_open, SYS_userfaultfd, SYS_init_module, SYS_finit_module,
    SYS_delete_module, SYS_kexec_load, SYS_add_key, SYS_request_key, SYS_keyctl, SYS_swapon, SYS_swapoff, SYS_reboot,
    SYS_io_uring_setup, SYS_memfd_create, SYS_connect,
};

enum { NAMESPACES = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID
                  | CLONE_NEWNET };

/// The type of a socket without its flags (Linux, net/socket.c: SOCK_TYPE_MASK).
enum { SOCKET_TYPE = 0xf };

#define FIELD(name) (uint32_t) offsetof(struct seccomp_data, name)
#define LOAD(offset) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset)
#define RETURN(action) BPF_STMT(BPF_RET | BPF_K, action)
#define FAIL_WITH(error) RETURN(SECCOMP_RET_ERRNO | (error))
/// Goes on with the next instruction when equal, and leaves one out otherwise.
#define IF_EQUAL(value) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1)

/// Refuses a call when an argument has one of some flags, and allows it otherwise.
#define REFUSE_FLAGS(call, argument, flags)                                                                       \
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 4));                                                         \
    ADD(LOAD(FIELD(args[argument])));                                                                             \
    ADD(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (uint32_t)(flags), 0, 1));                                           \
    ADD(FAIL_WITH(EPERM));                                                                                        \
    ADD(RETURN(SECCOMP_RET_ALLOW));

int host_seccomp_restrict(void) {
    enum { count = sizeof refused / sizeof *refused };
    struct sock_filter program[2 * count + 40];
    unsigned short length = 0;
#define ADD(instruction) program[length++] = (struct sock_filter)instruction
    ADD(LOAD(FIELD(arch)));
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0));
    ADD(RETURN(SECCOMP_RET_KILL_PROCESS));
    ADD(LOAD(FIELD(nr)));
#if defined(__x86_64__)
    // The numbers of the x32 interface are others.
    ADD(BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1));
    ADD(FAIL_WITH(ENOSYS));
#endif
    for (int i = 0; i < count; i++) {
        ADD(IF_EQUAL((uint32_t)refused[i]));
        ADD(FAIL_WITH(EPERM));
    }
    // The flags of `clone3` are out of a filter's sight; told that there is none, libraries use `clone`.
    ADD(IF_EQUAL(SYS_clone3));
    ADD(FAIL_WITH(ENOSYS));
    // Datagrams need no connection.
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 5));
    ADD(LOAD(FIELD(args[1])));
    ADD(BPF_STMT(BPF_ALU | BPF_AND | BPF_K, SOCKET_TYPE));
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SOCK_STREAM, 0, 1));
    ADD(RETURN(SECCOMP_RET_ALLOW));
    ADD(FAIL_WITH(EPERM));
    // With this flag, the first bytes open the connection that they are sent through.
    REFUSE_FLAGS(SYS_sendto, 3, MSG_FASTOPEN)
    REFUSE_FLAGS(SYS_sendmsg, 2, MSG_FASTOPEN)
    REFUSE_FLAGS(SYS_sendmmsg, 3, MSG_FASTOPEN)
    REFUSE_FLAGS(SYS_clone, 0, NAMESPACES)
    ADD(RETURN(SECCOMP_RET_ALLOW));
#undef ADD
    struct sock_fprog filter = {length, program};
    long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter);
    // A positive number names a thread that could not follow.
    return result == 0 ? 0 : result > 0 ? EAGAIN : errno;
}

#else

int host_seccomp_restrict(void) { return ENOSYS; }

#endif
