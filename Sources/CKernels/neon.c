#include "CKernels.h"
#include <math.h>

#if defined(__aarch64__)
#define KERNELS "neon"
#define LANES 4
#define VECTORS 4
#define NAME(x) neon_##x
#define HAS_HALF true
#include "kernels.h"

const ck_kernels *ck_neon(void) { return &neon_kernels; }
#else
const ck_kernels *ck_neon(void) { return 0; }
#endif
