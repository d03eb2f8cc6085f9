// All kernels for one instruction set. The including file defines LANES (floats in a vector), VECTORS (vectors in a
// panel), NAME(x) (a unique name), HAS_HALF (whether it converts half precision) and opens the target attribute.

#define ROWS 6  // rows of a micro-kernel: ROWS x VECTORS sums, a panel's row and a splat fill the registers

#include "vector.h"
#include "gemm.h"
#include "gemm_few.h"
#include "winograd_transforms.h"
#include "winograd_few.h"
#include "winograd.h"
#include "attention.h"
#include "elementwise.h"

static const ck_kernels NAME(kernels) = {
    .name = KERNELS,
    .lanes = LANES,
    .panel = PANEL,
    .row_tile = ROWS,
    .has_half = HAS_HALF,
    .fits_half = NAME(fits_half),
    .narrow = NAME(narrow),
    .pack = NAME(pack),
    .pack_rows = NAME(pack_rows),
    .pack_columns = NAME(pack_columns),
    .widens_panels = NAME(widens_panels),
    .gemm = NAME(gemm),
    .winograd_weights = NAME(winograd_weights),
    .winograd_input = NAME(winograd_input),
    .winograd_products = NAME(winograd_products),
    .winograd_scratch = NAME(winograd_scratch),
    .attention = NAME(attention),
    .channel_sums = NAME(channel_sums),
    .scale_channels = NAME(scale_channels),
    .layer_norm = NAME(layer_norm),
    .activate = NAME(activate),
    .add = NAME(add),
};
