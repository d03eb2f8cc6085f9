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
enum { RULE_PATH_BENEATH = 1 };
enum { READ_FILE = 1 << 2, READ_DIR = 1 << 3 };
enum { BIND_TCP = 1 << 0, CONNECT_TCP = 1 << 1 };
enum { ABSTRACT_UNIX_SOCKETS = 1 << 0, SIGNALS = 1 << 1 };

struct ruleset {
    uint64_t handled_access_fs, handled_access_net, scoped;
};

struct path_beneath {
    uint64_t allowed_access;
    int32_t parent_fd;
} __attribute__((packed));

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

/// The attributes' size grew with the versions.
static int make_ruleset(const struct ruleset *attributes, int version) {
    size_t size = version >= 6 ? sizeof *attributes : (version >= 4 ? 2 : 1) * sizeof(uint64_t);
    return (int)syscall(CREATE_RULESET, attributes, size, 0);
}

static int restrict_self(int ruleset, int error) {
    if (error == 0 && syscall(RESTRICT_SELF, ruleset, 0) != 0) error = errno;
    close(ruleset);
    return error;
}

int host_landlock_restrict_files(const char *const *readable, size_t count) {
    int version = host_landlock_version();
    if (version == 0) return ENOSYS;
    int ruleset = make_ruleset(&(struct ruleset){.handled_access_fs = file_rights(version)}, version);
    if (ruleset < 0) return errno;
    int error = 0;
    for (size_t i = 0; i < count && error == 0; i++) error = allow_reading(ruleset, readable[i]);
    return restrict_self(ruleset, error);
}

int host_landlock_restrict_network(void) {
    int version = host_landlock_version();
    if (version < 4) return ENOSYS;
    struct ruleset attributes = {
        .handled_access_net = BIND_TCP | CONNECT_TCP, .scoped = version >= 6 ? ABSTRACT_UNIX_SOCKETS | SIGNALS : 0};
    int ruleset = make_ruleset(&attributes, version);
    return ruleset < 0 ? errno : restrict_self(ruleset, 0);
}

#else

int host_landlock_version(void) { return 0; }
int host_landlock_restrict_files(const char *const *readable, size_t count) { return ENOSYS; }
int host_landlock_restrict_network(void) { return ENOSYS; }

#endif
