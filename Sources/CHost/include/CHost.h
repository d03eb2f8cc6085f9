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

/// Takes away every access to files but reading below `readable`.
///
/// Binds this thread and those that it starts from now on. Paths that do not exist are left out. `no_new_privileges`
/// must be in force.
int host_landlock_restrict_files(const char *const *readable, size_t count);

/// Takes away every TCP port, abstract sockets and signals of other processes; the latter from version 6 on, the first
/// from version 4. Binds threads and needs `no_new_privileges` as the rules for files do.
int host_landlock_restrict_network(void);

/// Takes away, from every thread, all system calls but those that a server needs that listens on the socket `listener`,
/// which is bound already. What is refused fails with EPERM. `no_new_privileges` must be in force.
int host_seccomp_restrict(int listener);

/// Takes away, from every thread, the system calls that make sockets, and that listen on another one than `listener`.
int host_seccomp_forbid_sockets(int listener);

/// Takes away, from every thread, the system calls by which something outlives the process without a file being
/// written: permissions, attributes and times of files, queues and memory that the kernel keeps.
int host_seccomp_forbid_keeping(void);

/// How many of `count` threads can be started at once. To be called while there is one thread; there is one again when it
/// returns.
int host_startable_threads(int count);

/// Gives threads that are started from now on stacks of at least so many bytes, unless they ask for other ones.
void host_set_least_thread_stack(size_t bytes);

/// Lets all threads share one pool of memory, rather than set aside address space for each.
void host_share_memory_pool(void);

/// How many threads the process has; 0 where that cannot be told.
int host_thread_count(void);

/// Lifts the limit on locked memory, and says whether there is none then. To be called before privileges are given up.
bool host_unlimit_locked_memory(void);

/// Whether this thread may lock memory whatever the limit (CAP_IPC_LOCK).
bool host_may_lock_memory(void);

/// Keeps all that the process can write to out of swap, and what it will map from now on, page by page as each is
/// touched. Every mapping counts in full against the limit on locked memory, and one that did not fit would fail while
/// serving: to be called where there is no limit, or the right to exceed it stays.
int host_lock_memory(void);

/// Has the kernel write no image of the memory when the process crashes, as far as limits do that.
int host_forbid_core_dumps(void);

/// Leaves crashes to the kernel: no handler of a runtime's prints registers and the memory that they point at.
void host_forbid_crash_reports(void);

/// Closes every descriptor but standard output and error. /dev/null takes the place of standard input, and of what is
/// missing.
void host_close_inherited(void);

/// Becomes another user, with these groups, for good, and gives up every capability but, where that is asked for, the
/// one to lock memory. To be called while there is one thread.
int host_become_user(uint32_t user, uint32_t group, const uint32_t *groups, size_t count, bool keeps_memory_lock);

/// Gives up every capability in this thread and those that it starts from now on, but for the one to lock memory where
/// that is asked for.
int host_give_up_capabilities(bool keeps_memory_lock);

// Trials: each does what it asks about.

/// Whether memory that was freed and is handed out again holds nothing of what was in it.
bool host_freed_memory_is_clean(void);
/// Whether a file can be made in /tmp.
bool host_can_write_files(void);
/// Whether the permissions of a file could be changed.
bool host_can_change_attributes(void);
/// Whether a file can be opened for reading.
bool host_can_read_file(const char *path);
/// Whether a TCP port of this machine can be had.
bool host_can_listen_on(uint16_t port);
/// Whether a TCP connection can be tried.
bool host_can_connect(void);
/// Whether a socket or a pair of them can be made.
bool host_can_make_sockets(void);
/// Whether a program can be run.
bool host_can_run_programs(void);
/// Whether another process's memory can be read; it tries its own.
bool host_can_look_into_processes(void);
/// Whether a program that is run could gain privileges.
bool host_can_gain_privileges(void);
/// Whether this thread has another capability than the one to lock memory.
bool host_has_capabilities(void);
/// Whether a debugger of the same user can attach.
bool host_can_be_attached(void);
/// Whether a process of the same user, without rights of its own, could read another process's memory: 1 or 0; -1 where
/// that cannot be tried.
int host_peer_can_read_memory(int pid);
/// Whether a crash writes an image of the memory.
bool host_has_core_dumps(void);

#endif
