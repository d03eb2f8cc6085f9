#include "CKernels.h"
#include <math.h>

#if defined(__x86_64__)
#define KERNELS "avx512"
#define LANES 16
#define VECTORS 4
#define NAME(x) avx512_##x
#define HAS_HALF true
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma,f16c"))),            \
                             apply_to = function)
#include "kernels.h"
#pragma clang attribute pop

const ck_kernels *ck_avx512(void) {
    const bool has_all = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
    return has_all ? &avx512_kernels : 0;
}
#else
const ck_kernels *ck_avx512(void) { return 0; }
#endif
