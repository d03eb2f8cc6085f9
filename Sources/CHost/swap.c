// What can hold a request stays out of swap: all that the process can write to, and no file that it only reads.

#include "CHost.h"

#include <errno.h>

#if defined(__linux__)

#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>

#ifndef MLOCK_ONFAULT
#define MLOCK_ONFAULT 1
#endif

bool host_unlimit_locked_memory(void) {
    struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
    if (setrlimit(RLIMIT_MEMLOCK, &limit) == 0) return true;
    if (getrlimit(RLIMIT_MEMLOCK, &limit) != 0) return false;
    limit.rlim_cur = limit.rlim_max;
    return limit.rlim_max == RLIM_INFINITY && setrlimit(RLIMIT_MEMLOCK, &limit) == 0;
}

/// Locks what is mapped for writing: the heap, stacks, variables.
static int lock_writable(void) {
    FILE *maps = fopen("/proc/self/maps", "re");
    if (maps == NULL) return errno;
    int error = 0;
    for (char line[8192]; error == 0 && fgets(line, sizeof line, maps) != NULL;) {
        unsigned long begin, end;
        char may_write;
        if (sscanf(line, "%lx-%lx %*c%c", &begin, &end, &may_write) != 3 || may_write != 'w') continue;
        // A stack may have grown, and the heap been given back, since the line was written.
        if (mlock2((void *)begin, end - begin, MLOCK_ONFAULT) != 0 && errno != ENOMEM) error = errno;
    }
    fclose(maps);
    return error;
}

int host_lock_memory(void) {
    if (mlockall(MCL_FUTURE | MCL_ONFAULT) != 0) return errno;
    return lock_writable();
}

#else

bool host_unlimit_locked_memory(void) { return false; }
int host_lock_memory(void) { return ENOSYS; }

#endif
