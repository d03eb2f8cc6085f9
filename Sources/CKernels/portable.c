#include "CKernels.h"
#include <math.h>

#if 1
#define KERNELS "portable"
#define LANES 4
#define VECTORS 2
#define NAME(x) portable_##x
#define HAS_HALF false
#include "kernels.h"

const ck_kernels *ck_portable(void) { return &portable_kernels; }
#else
const ck_kernels *ck_portable(void) { return 0; }
#endif
