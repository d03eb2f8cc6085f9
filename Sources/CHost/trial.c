// Trials: whether what was taken away is really gone. Each does what it must not be able to do.

#include "CHost.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__linux__)
#include <dirent.h>
#include <linux/capability.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

/// Called through variables, so that the compiler cannot leave the calls out.
static void *(*volatile allocate)(size_t) = malloc;
static void (*volatile release)(void *) = free;

bool host_freed_memory_is_clean(void) {
    for (size_t bytes = 64; bytes <= 1 << 16; bytes *= 4) {
        unsigned char *first = allocate(bytes);
        if (first == NULL) return false;
        memset(first, 0xA5, bytes);
        uintptr_t place = (uintptr_t)first;
        release(first);
        unsigned char *second = allocate(bytes);
        bool is_clean = true;
        // The allocator's own links, of any value, lie in the first 32 bytes.
        for (size_t i = 32; i < bytes && (uintptr_t)second == place; i++) is_clean &= second[i] != 0xA5;
        release(second);
        if (!is_clean) return false;
    }
    return true;
}

bool host_can_write_files(void) {
    char path[] = "/tmp/mystarion-trial-XXXXXX";
    int fd = mkstemp(path);
    if (fd < 0) return false;
    close(fd);
    unlink(path);
    return true;
}

/// The descriptor is no file's, so that nothing changes where the call is allowed.
bool host_can_change_attributes(void) { return fchmod(-1, 0) == 0 || errno != EPERM; }

bool host_can_read_file(const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) close(fd);
    return fd >= 0;
}

/// An address of this machine.
static struct sockaddr_in local_address(uint16_t port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

bool host_can_listen_on(uint16_t port) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = local_address(port);
    // A port that is taken could have been had.
    bool can = bind(fd, (struct sockaddr *)&address, sizeof address) == 0 || errno == EADDRINUSE;
    close(fd);
    return can;
}

bool host_can_connect(void) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = local_address(1);
    int result = connect(fd, (struct sockaddr *)&address, sizeof address);
    bool can = result == 0 || (errno != EPERM && errno != EACCES);
    close(fd);
    return can;
}

bool host_can_make_sockets(void) {
    const int families[] = {AF_INET, AF_INET6, AF_UNIX};
    const int types[] = {SOCK_STREAM, SOCK_DGRAM};
    bool can = false;
    for (unsigned i = 0; i < 6; i++) {
        int fd = socket(families[i / 2], types[i % 2], 0);
        can |= fd >= 0;
        if (fd >= 0) close(fd);
    }
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0) {
        can = true;
        close(pair[0]);
        close(pair[1]);
    }
    return can;
}

bool host_can_run_programs(void) {
    char *arguments[] = {"true", NULL};
    pid_t child;
    if (posix_spawn(&child, "/bin/true", NULL, NULL, arguments, NULL) != 0) return false;
    waitpid(child, NULL, 0);
    return true;
}

#if defined(__linux__)

bool host_can_look_into_processes(void) {
    char byte = 1, copy = 0;
    struct iovec from = {&byte, 1}, to = {&copy, 1};
    return process_vm_readv(getpid(), &to, 1, &from, 1, 0) == 1;
}

bool host_can_gain_privileges(void) { return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1; }

bool host_can_be_attached(void) { return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0; }

int host_peer_can_read_memory(int pid) {
    char path[32], status_path[32];
    snprintf(path, sizeof path, "/proc/%d/mem", pid);
    snprintf(status_path, sizeof status_path, "/proc/%d/status", pid);
    unsigned user = 0, group = 0;
    FILE *status = fopen(status_path, "re");
    if (status == NULL) return -1;
    for (char line[256]; fgets(line, sizeof line, status) != NULL;) {
        sscanf(line, "Uid: %*u %u", &user);
        sscanf(line, "Gid: %*u %u", &group);
    }
    fclose(status);
    // Capabilities and the user for files are a thread's own: this one does without for a moment.
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct had[2], has[2];
    if (syscall(SYS_capget, &header, had) != 0) return -1;
    memcpy(has, had, sizeof has);
    has[0].effective &= ~(1u << CAP_SYS_PTRACE);
    int old_group = setfsgid(group), old_user = setfsuid(user);
    bool is_same_user = (unsigned)setfsuid(user) == user;
    int result = -1;
    if (is_same_user && syscall(SYS_capset, &header, has) == 0) {
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        result = fd >= 0;
        if (fd >= 0) close(fd);
    }
    setfsuid((unsigned)old_user);
    setfsgid((unsigned)old_group);
    if (syscall(SYS_capset, &header, had) != 0) abort();
    return result;
}

int host_thread_count(void) {
    DIR *folder = opendir("/proc/self/task");
    if (folder == NULL) return 0;
    int count = 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

#else

bool host_can_look_into_processes(void) { return true; }
bool host_can_gain_privileges(void) { return true; }
bool host_can_be_attached(void) { return true; }
int host_peer_can_read_memory(int pid) { return -1; }
int host_thread_count(void) { return 0; }

#endif
