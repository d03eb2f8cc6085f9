// Times the widest matrix product of Sources/CKernels on one thread: products ROWS INNER COLUMNS, printed in GFLOP/s.
// Built and run by products.py.
#include "CKernels.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec + now.tv_nsec * 1e-9;
}

static float *numbers(size_t count) {
    float *values = aligned_alloc(64, (count * sizeof(float) + 63) / 64 * 64);
    for (size_t i = 0; i < count; i++) values[i] = (float)(rand() % 1000) / 1000 - 0.5f;
    return values;
}

int main(int count, char **arguments) {
    if (count != 4) return 64;
    const size_t rows = atol(arguments[1]), inner = atol(arguments[2]), columns = atol(arguments[3]);
    const ck_kernels *kernels = ck_avx512() ? ck_avx512() : ck_avx2() ? ck_avx2() : ck_neon() ? ck_neon() : ck_portable();
    const size_t panels = (columns + kernels->panel - 1) / kernels->panel;
    float *a = numbers(rows * inner), *weights = numbers(columns * inner), *c = numbers(rows * columns);
    float *packed = numbers((columns + kernels->panel) * inner);
    kernels->pack(weights, columns, 1, inner, false, packed, 0, panels);
    const ck_gemm product = {
        .m = rows, .n = columns, .k = inner, .taps = 1, .a = a, .lda = inner, .b = packed, .c = c, .ldc = columns};
    // The blocks of rows that PackedMatrix.run makes.
    const size_t tile = kernels->row_tile, blocks = rows / (40 * tile) ? rows / (40 * tile) : 1;
    const size_t block = ((rows + blocks - 1) / blocks + tile - 1) / tile * tile;
    const double operations = 2.0 * rows * inner * columns;
    const int repeat = operations < 1e8 ? 1e8 / operations : 1;
    double best = 1e9;
    for (int round = 0; round < 5; round++) {
        const double start = seconds();
        for (int i = 0; i < repeat; i++)
            for (size_t row = 0; row < rows; row += block)
                kernels->gemm(&product, row, row + block < rows ? row + block : rows, 0,
                              panels * (kernels->panel / kernels->lanes), 0);
        const double taken = (seconds() - start) / repeat;
        best = taken < best ? taken : best;
    }
    printf("%.1f\n", operations / best / 1e9);
}
