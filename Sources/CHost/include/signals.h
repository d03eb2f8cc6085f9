// Signals that ask a process to end. See signals.c.
#ifndef MYSTARION_SIGNALS_H
#define MYSTARION_SIGNALS_H

#include <stdbool.h>

/// Takes SIGINT and SIGTERM, and SIGHUP with `hangup`, from the system's own handling: they are handed out by
/// `host_next_signal`. The second SIGINT or SIGTERM ends the process at once with status 128 + its number, whatever the
/// process's threads wait for. Returns 0 or an errno value.
int host_take_signals(bool hangup);

/// Waits for a signal and returns its number.
int host_next_signal(void);

/// Leaves SIGINT and SIGTERM to the system again.
void host_leave_signals(void);

/// Lets writes fail with an error, rather than end the process, when nobody reads a pipe any more or a file grows past
/// the limit on its size.
void host_ignore_write_signals(void);

#endif
