// Signals that ask a process to end: handed to one thread, and never in vain.
#include "CHost.h"

#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

static sem_t arrived;
static atomic_bool is_ready;
static atomic_int endings;
static atomic_bool has_interrupt, has_termination, has_hangup;

// Calls nothing but what is safe in a handler (POSIX.1-2017, 2.4.3): lock-free atomics, sem_post and _exit.
static void handle(int number) {
    int error = errno;
    if (number != SIGHUP && atomic_fetch_add(&endings, 1) > 0) _exit(128 + number);
    atomic_store(number == SIGINT ? &has_interrupt : number == SIGTERM ? &has_termination : &has_hangup, true);
    sem_post(&arrived);
    errno = error;
}

int host_take_signals(bool hangup) {
    if (!atomic_exchange(&is_ready, true) && sem_init(&arrived, 0, 0)) return errno;
    atomic_store(&endings, 0);
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    if (sigaction(SIGINT, &action, NULL) || sigaction(SIGTERM, &action, NULL)) return errno;
    if (hangup && sigaction(SIGHUP, &action, NULL)) return errno;
    return 0;
}

int host_next_signal(void) {
    for (;;) {
        while (sem_wait(&arrived)) {}
        if (atomic_exchange(&has_termination, false)) return SIGTERM;
        if (atomic_exchange(&has_interrupt, false)) return SIGINT;
        if (atomic_exchange(&has_hangup, false)) return SIGHUP;
    }
}

void host_leave_signals(void) {
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
}

void host_ignore_write_signals(void) {
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
}
