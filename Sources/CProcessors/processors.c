#include "CProcessors.h"

#include <unistd.h>

#if defined(__linux__)

#include <sched.h>
#include <stdlib.h>

/// The kernel refuses a mask with less room than it has processors.
enum { FIRST_ROOM = 1 << 10, MOST_ROOM = 1 << 20 };

static int count_affinity(void) {
    for (int room = FIRST_ROOM; room <= MOST_ROOM; room *= 4) {
        cpu_set_t *set = CPU_ALLOC(room);
        if (set == NULL) return 0;
        size_t size = CPU_ALLOC_SIZE(room);
        int count = sched_getaffinity(0, size, set) == 0 ? CPU_COUNT_S(size, set) : 0;
        CPU_FREE(set);
        if (count > 0) return count;
    }
    return 0;
}

#else

static int count_affinity(void) { return 0; }

#endif

int processors_allowed(void) {
    int count = count_affinity();
    if (count > 0) return count;
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (int)online : 1;
}
