// What functions that have returned left on the stack.

#include "CHost.h"

#include <string.h>

__attribute__((noinline)) void host_erase_stack(void) {
    unsigned char left[64 << 10];
    memset(left, 0, sizeof left);
    // The compiler may not take the memory for dead.
    __asm__ volatile("" : : "r"(left) : "memory");
}
