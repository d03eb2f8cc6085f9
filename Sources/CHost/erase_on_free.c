// The allocator's `free`, with one thing added: what is freed is overwritten first.
//
// glibc can do that itself (M_PERTURB), but not for blocks of up to a kilobyte, which it keeps in a cache of each thread
// (malloc.c, `_int_free`). Symbols of the program come before those of libraries, so this one serves all of them.

#include "CHost.h"

#if defined(__GLIBC__)

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

extern void __libc_free(void *);

/// On from the start; off only where the operator waives it, which is how tests see that it matters.
static bool is_erasing = true;

void host_stop_erasing(void) { is_erasing = false; }

static void erase(void *block, size_t bytes) {
    if (!is_erasing) return;
    memset(block, 0, bytes);
    // The compiler may not take the memory for dead.
    __asm__ volatile("" : : "r"(block) : "memory");
}

/// Blocks of a mapping of their own go back to the kernel, which hands out pages of zeros only (malloc.c, IS_MMAPPED).
static bool is_mapping(const void *block) { return ((const size_t *)block)[-1] & 2; }

__attribute__((visibility("default"))) void free(void *block) {
    if (block == NULL) return;
    if (!is_mapping(block)) erase(block, malloc_usable_size(block));
    __libc_free(block);
}

/// Never lets the allocator move a block by itself, which would leave the old one as it was.
__attribute__((visibility("default"))) void *realloc(void *block, size_t bytes) {
    if (block == NULL) return malloc(bytes);
    if (bytes == 0) {
        free(block);
        return NULL;
    }
    size_t room = malloc_usable_size(block);
    if (bytes <= room && bytes > room / 2) {
        erase((char *)block + bytes, room - bytes);
        return block;
    }
    void *moved = malloc(bytes);
    if (moved == NULL) return NULL;
    memcpy(moved, block, bytes < room ? bytes : room);
    free(block);
    return moved;
}

__attribute__((visibility("default"))) void *reallocarray(void *block, size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    return realloc(block, bytes);
}

#include <dlfcn.h>

bool host_erases_on_free(void) { return dlsym(RTLD_DEFAULT, "free") == (void *)&free; }

#else

bool host_erases_on_free(void) { return false; }

void host_stop_erasing(void) {}

#endif
