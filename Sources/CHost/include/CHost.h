// The few things of the operating system that Swift cannot reach: variadic calls, system calls without a wrapper, and
// the allocator's own functions. Every function returns 0 or an errno value unless it says otherwise.
#ifndef MYSTARION_CHOST_H
#define MYSTARION_CHOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "signals.h"

/// Whether every library's `free` is the one that overwrites first.
bool host_erases_on_free(void);

/// Leaves freed memory as it is from now on. To be called while there is one thread.
void host_stop_erasing(void);

/// Overwrites what functions that have returned left on this thread's stack, 64 KiB deep.
void host_erase_stack(void);

/// Lets nobody of the same user attach to the process, and keeps its memory out of core dumps (PR_SET_DUMPABLE).
int host_set_not_dumpable(void);

/// Gives up every way to gain privileges by running another program (PR_SET_NO_NEW_PRIVS).
int host_set_no_new_privileges(void);

/// The version of Landlock that the kernel offers; 0 for none.
int host_landlock_version(void);

/// Takes away every access to files but reading below `readable`, and every TCP port but binding `ports`.
///
/// Binds this thread and those that it starts from now on. Paths that do not exist are left out. TCP rules need
/// version 4. `no_new_privileges` must be in force.
int host_landlock_restrict(const char *const *readable, size_t readable_count, const uint16_t *ports, size_t port_count);

/// Takes away, from every thread, the system calls that run programs, look into other processes, make namespaces,
/// load code into the kernel, or open connections: they fail with EPERM. `no_new_privileges` must be in force.
int host_seccomp_restrict(void);

/// How many of `count` threads can be started at once. To be called while there is one thread; there is one again when it
/// returns.
int host_startable_threads(int count);

/// Gives threads that are started from now on stacks of at least so many bytes, unless they ask for other ones.
void host_set_least_thread_stack(size_t bytes);

/// Lets all threads share one pool of memory, rather than set aside address space for each.
void host_share_memory_pool(void);

/// How many threads the process has; 0 where that cannot be told.
int host_thread_count(void);

/// Keeps whatever the process touches from now on out of swap (mlockall, MCL_ONFAULT).
int host_lock_memory(void);

// Trials: each does what it asks about.

/// Whether memory that was freed and is handed out again holds nothing of what was in it.
bool host_freed_memory_is_clean(void);
/// Whether a file can be made in /tmp.
bool host_can_write_files(void);
/// Whether a file can be opened for reading.
bool host_can_read_file(const char *path);
/// Whether a TCP port of this machine can be had.
bool host_can_listen_on(uint16_t port);
/// Whether a TCP connection can be tried.
bool host_can_connect(void);
/// Whether a program can be run.
bool host_can_run_programs(void);
/// Whether another process's memory can be read; it tries its own.
bool host_can_look_into_processes(void);
/// Whether a program that is run could gain privileges.
bool host_can_gain_privileges(void);
/// Whether a debugger of the same user can attach.
bool host_can_be_attached(void);
/// Whether a process of the same user, without rights of its own, could read another process's memory: 1 or 0; -1 where
/// that cannot be tried.
int host_peer_can_read_memory(int pid);
/// Whether a crash writes an image of the memory.
bool host_has_core_dumps(void);

#endif
