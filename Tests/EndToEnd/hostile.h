// What hostile.c attacks, and how it reports.
#ifndef HOSTILE_H
#define HOSTILE_H

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef FREE
enum { IS_FREE = 1 };
#else
enum { IS_FREE = 0 };
#endif

static const char *file, *folder, *readable, *datagrams, *stream;
static int port, victim, listener = -1;
static const char MESSAGE[] = "a prompt";

static const char *named(const char *name) {
    const char *value = getenv(name);
    return value == NULL ? "/nowhere" : value;
}

static void report(const char *name, int got_through) {
    char line[256];
    int length = snprintf(line, sizeof line, "ATTACK %s %d\n", name, got_through);
    if (write(2, line, (size_t)length) < 0) return;
}

/// Reports whether an expression got through. What could harm the machine runs in the server alone, which refuses it.
#define TRY(name, expression) report(name, (expression) ? 1 : 0)
#define TRY_DANGEROUS(name, expression) do { if (!IS_FREE) TRY(name, expression); } while (0)
#define CALL(number, ...) (syscall(number, ##__VA_ARGS__) >= 0)

static const char *inside(const char *name) {
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static int opens(const char *path, int flags) {
    int fd = open(path, flags, 0600);
    if (fd >= 0) close(fd);
    return fd >= 0;
}

static int reads(const char *format, int pid) {
    char path[64], byte;
    snprintf(path, sizeof path, format, pid);
    int fd = open(path, O_RDONLY);
    int got = fd >= 0 && read(fd, &byte, 1) == 1;
    if (fd >= 0) close(fd);
    return got;
}

#endif
