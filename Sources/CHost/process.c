// What a process may say of itself to the kernel.

#include "CHost.h"

#include <errno.h>
#include <signal.h>

#if defined(__linux__)

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int host_set_not_dumpable(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 ? 0 : errno; }

int host_set_no_new_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? 0 : errno; }

/// Closes one by one, where the kernel cannot close a range at once (before Linux 5.9).
static void close_each(int first) {
    long count = sysconf(_SC_OPEN_MAX);
    for (int fd = first; fd < count; fd++) close(fd);
}

void host_close_inherited(void) {
    // In the place of a standard stream that is missing, the next file or connection would be written to as if it
    // were one.
    for (int fd = 0; fd <= 2; fd++) {
        if (fcntl(fd, F_GETFD) < 0) open("/dev/null", O_RDWR);
    }
    // Nothing is read from the first, which may be open for writing, too: a terminal, a socket.
    int nothing = open("/dev/null", O_RDONLY);
    if (nothing >= 0) dup2(nothing, 0);
    enum { CLOSE_RANGE = 436 };
    if (syscall(CLOSE_RANGE, 3u, ~0u, 0) != 0) close_each(3);
}

#else

int host_set_not_dumpable(void) { return ENOSYS; }
int host_set_no_new_privileges(void) { return ENOSYS; }
void host_close_inherited(void) {}

#endif

void host_forbid_crash_reports(void) {
    const int signals[] = {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGQUIT, SIGSEGV, SIGTRAP};
    for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++) signal(signals[i], SIG_DFL);
}
