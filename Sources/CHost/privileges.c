// Rights of the administrator that a process gives up, and the user that it becomes.

#include "CHost.h"

#include <errno.h>
#include <grp.h>
#include <string.h>
#include <unistd.h>

#if defined(__linux__)

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

enum { LOCK_MEMORY = 1u << CAP_IPC_LOCK };

static int set_capabilities(uint32_t kept) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct sets[2];
    memset(sets, 0, sizeof sets);
    sets[0].effective = sets[0].permitted = kept;
    return syscall(SYS_capset, &header, sets) == 0 ? 0 : errno;
}

static bool has_effective(uint32_t capability) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct sets[2];
    return syscall(SYS_capget, &header, sets) == 0 && (sets[0].effective & capability) != 0;
}

bool host_may_lock_memory(void) { return has_effective(LOCK_MEMORY); }

/// Takes capabilities out of what any program can ever have. Who has none may not, and need not.
static int empty_bounds(void) {
    for (unsigned long capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++) {
        if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 && errno != EPERM) return errno;
    }
    return 0;
}

int host_become_user(uint32_t user, uint32_t group, const uint32_t *groups, size_t count, bool keeps_memory_lock) {
    int error = empty_bounds();
    if (error != 0) return error;
    if (keeps_memory_lock) prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
    if (setgroups(count, groups) != 0) return errno;
    if (setresgid(group, group, group) != 0) return errno;
    if (setresuid(user, user, user) != 0) return errno;
    if (keeps_memory_lock) {
        prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0);
        error = set_capabilities(LOCK_MEMORY);
        if (error != 0) return error;
    }
    // What was given up must be gone.
    if (user != 0 && setresuid(0, 0, 0) == 0) return EPERM;
    return group != 0 && setresgid(0, 0, 0) == 0 ? EPERM : 0;
}

int host_give_up_capabilities(bool keeps_memory_lock) {
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    int error = empty_bounds();
    return error != 0 ? error : set_capabilities(keeps_memory_lock && host_may_lock_memory() ? LOCK_MEMORY : 0);
}

bool host_has_capabilities(void) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct sets[2];
    if (syscall(SYS_capget, &header, sets) != 0) return true;
    uint32_t any = 0;
    for (int i = 0; i < 2; i++) any |= sets[i].effective | sets[i].permitted | sets[i].inheritable;
    return (any & ~LOCK_MEMORY) != 0;
}

#else

bool host_may_lock_memory(void) { return false; }
int host_become_user(uint32_t user, uint32_t group, const uint32_t *groups, size_t count, bool keeps_memory_lock) {
    return ENOSYS;
}
int host_give_up_capabilities(bool keeps_memory_lock) { return ENOSYS; }
bool host_has_capabilities(void) { return geteuid() == 0; }

#endif
