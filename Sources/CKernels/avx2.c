#include "CKernels.h"
#include <math.h>

#if defined(__x86_64__)
#define KERNELS "avx2"
#define LANES 8
#define VECTORS 2
#define NAME(x) avx2_##x
#define HAS_HALF true
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#include "kernels.h"
#pragma clang attribute pop

const ck_kernels *ck_avx2(void) {
    const bool has_all = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                         __builtin_cpu_supports("f16c");
    return has_all ? &avx2_kernels : 0;
}
#else
const ck_kernels *ck_avx2(void) { return 0; }
#endif
