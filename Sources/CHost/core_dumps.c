// Images of the memory that the kernel writes when a process crashes. Reference: core(5).

#include "CHost.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#if defined(__linux__)

#include <sys/prctl.h>

/// Where an image goes: to a file, to a program's standard input, to a socket.
enum target { TO_FILE, TO_PROGRAM, TO_SOCKET, TO_UNKNOWN };

static enum target image_target(void) {
    int fd = open("/proc/sys/kernel/core_pattern", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return TO_UNKNOWN;
    char first = 0;
    ssize_t length = read(fd, &first, 1);
    close(fd);
    if (length != 1) return TO_UNKNOWN;
    return first == '|' ? TO_PROGRAM : first == '@' ? TO_SOCKET : TO_FILE;
}

/// Leaves every kind of mapping out of an image, should one be written in spite of the limit.
static void empty_images(void) {
    int fd = open("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC);
    if (fd < 0) return;
    ssize_t ignored = write(fd, "0", 1);
    (void)ignored;
    close(fd);
}

int host_forbid_core_dumps(void) {
    empty_images();
    // A file gets at most as much as the limit says. For a program the kernel heeds one limit alone, that of one byte,
    // and writes nothing then (fs/coredump.c).
    rlim_t most = image_target() == TO_FILE ? 0 : 1;
    struct rlimit limit = {most, most};
    if (setrlimit(RLIMIT_CORE, &limit) == 0) return 0;
    // The hard limit was 0, and may not be raised.
    limit = (struct rlimit){0, 0};
    return setrlimit(RLIMIT_CORE, &limit) == 0 ? 0 : errno;
}

bool host_has_core_dumps(void) {
    if (prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0) return false;
    struct rlimit limit;
    if (getrlimit(RLIMIT_CORE, &limit) != 0) return true;
    switch (image_target()) {
    case TO_FILE: return limit.rlim_cur > 1;
    case TO_PROGRAM: return limit.rlim_cur != 1;
    default: return true;
    }
}

#else

int host_forbid_core_dumps(void) {
    struct rlimit none = {0, 0};
    return setrlimit(RLIMIT_CORE, &none) == 0 ? 0 : errno;
}

bool host_has_core_dumps(void) {
    struct rlimit limit;
    return getrlimit(RLIMIT_CORE, &limit) != 0 || limit.rlim_cur != 0;
}

#endif
