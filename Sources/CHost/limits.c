// What the process may have of threads and memory, found out before anything depends on it.
#include "CHost.h"

#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static void *wait_for_lock(void *lock) {
    pthread_mutex_lock(lock);
    pthread_mutex_unlock(lock);
    return NULL;
}

int host_startable_threads(int count) {
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_t *threads = malloc((size_t)count * sizeof *threads);
    if (!threads) return 0;
    pthread_mutex_lock(&lock);
    int started = 0;
    while (started < count && !pthread_create(&threads[started], NULL, wait_for_lock, &lock)) started++;
    pthread_mutex_unlock(&lock);
    for (int index = 0; index < started; index++) pthread_join(threads[index], NULL);
    free(threads);
    // A thread that has been joined is seen for a moment longer, and protections want to be alone.
    for (int wait = 0; wait < 1000 && host_thread_count() > 1; wait++) usleep(1000);
    return started;
}

void host_set_least_thread_stack(size_t bytes) {
    pthread_attr_t attributes;
    size_t size = 0;
    if (pthread_getattr_default_np(&attributes)) return;
    if (!pthread_attr_getstacksize(&attributes, &size) && size < bytes && !pthread_attr_setstacksize(&attributes, bytes)) {
        pthread_setattr_default_np(&attributes);
    }
    pthread_attr_destroy(&attributes);
}

void host_share_memory_pool(void) {
#ifdef M_ARENA_MAX
    mallopt(M_ARENA_MAX, 1);
#endif
}
