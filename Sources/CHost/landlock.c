// Landlock: a process takes rights away from itself. Reference: Linux, Documentation/userspace-api/landlock.rst.
//
// The structures are written out, because distributions' headers are older than the kernels that programs run on.

#include "CHost.h"

#include <errno.h>

#if defined(__linux__)

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CREATE_RULESET = 444, ADD_RULE = 445, RESTRICT_SELF = 446 };
enum { RULE_PATH_BENEATH = 1, RULE_NET_PORT = 2 };
enum { READ_FILE = 1 << 2, READ_DIR = 1 << 3 };
enum { BIND_TCP = 1 << 0, CONNECT_TCP = 1 << 1 };

struct ruleset {
    uint64_t handled_access_fs, handled_access_net, scoped;
};

struct path_beneath {
    uint64_t allowed_access;
    int32_t parent_fd;
} __attribute__((packed));

struct net_port {
    uint64_t allowed_access, port;
};

int host_landlock_version(void) {
    long version = syscall(CREATE_RULESET, NULL, 0, 1);
    return version < 0 ? 0 : (int)version;
}

/// Every right over files that a version knows: 13 in the first one, then reparenting, truncating, device controls.
static uint64_t file_rights(int version) {
    int count = version >= 5 ? 16 : version >= 3 ? 15 : version >= 2 ? 14 : 13;
    return (UINT64_C(1) << count) - 1;
}

static int allow_reading(int ruleset, const char *path) {
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0) return errno == ENOENT ? 0 : errno;
    struct stat status;
    int error = fstat(fd, &status) != 0 ? errno : 0;
    struct path_beneath rule = {S_ISDIR(status.st_mode) ? READ_FILE | READ_DIR : READ_FILE, fd};
    if (error == 0 && syscall(ADD_RULE, ruleset, RULE_PATH_BENEATH, &rule, 0) != 0) error = errno;
    close(fd);
    return error;
}

int host_landlock_restrict(
    const char *const *readable, size_t readable_count, const uint16_t *ports, size_t port_count) {
    int version = host_landlock_version();
    if (version == 0) return ENOSYS;
    struct ruleset attributes = {file_rights(version), 0, 0};
    size_t size = sizeof(uint64_t);
    if (version >= 4) {
        attributes.handled_access_net = BIND_TCP | CONNECT_TCP;
        size = 2 * sizeof(uint64_t);
    }
    if (version >= 6) {
        attributes.scoped = 3;  // abstract sockets and signals of other processes
        size = sizeof attributes;
    }
    int ruleset = (int)syscall(CREATE_RULESET, &attributes, size, 0);
    if (ruleset < 0) return errno;
    int error = 0;
    for (size_t i = 0; i < readable_count && error == 0; i++) error = allow_reading(ruleset, readable[i]);
    for (size_t i = 0; version >= 4 && i < port_count && error == 0; i++) {
        struct net_port rule = {BIND_TCP, ports[i]};
        if (syscall(ADD_RULE, ruleset, RULE_NET_PORT, &rule, 0) != 0) error = errno;
    }
    if (error == 0 && syscall(RESTRICT_SELF, ruleset, 0) != 0) error = errno;
    close(ruleset);
    return error;
}

#else

int host_landlock_version(void) { return 0; }

int host_landlock_restrict(
    const char *const *readable, size_t readable_count, const uint16_t *ports, size_t port_count) {
    return ENOSYS;
}

#endif
