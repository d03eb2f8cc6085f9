// What a process may say of itself to the kernel.

#include "CHost.h"

#include <errno.h>
#include <sys/mman.h>

#if defined(__linux__)

#include <sys/prctl.h>

int host_set_not_dumpable(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 ? 0 : errno; }

int host_set_no_new_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? 0 : errno; }

int host_lock_memory(void) { return mlockall(MCL_FUTURE | MCL_ONFAULT) == 0 ? 0 : errno; }

#else

int host_set_not_dumpable(void) { return ENOSYS; }
int host_set_no_new_privileges(void) { return ENOSYS; }
int host_lock_memory(void) { return ENOSYS; }

#endif
