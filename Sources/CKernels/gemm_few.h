// Products with so few rows that reading the weights takes as long as multiplying with them: taller micro-kernels of one
// vector or two, which read each weight once or twice and widen halves as they do.

#define FEW_ROWS 96                      // the most rows that go this way, in fours
#define TALL (VECTORS == 4 ? 16 : 12)    // rows of a micro-kernel of one vector
#define PAIRED (VECTORS == 4 ? 12 : 4)   // rows of a micro-kernel of two
#define FEW_AHEAD 64                     // how far ahead weights are asked for, in rows

/// Four rows of A that are the same distance apart, as output pixels of one row of a padded image are at any tap.
INLINE const float *row_group(const ck_gemm *g, size_t row, size_t tap) {
    if (g->taps == 1) return g->a + row * g->lda;
    const size_t x = row % g->out_width, y = row / g->out_width % g->out_height;
    const size_t image = row / g->out_width / g->out_height;
    const size_t in_x = x * g->stride + tap % g->kernel_width, in_y = y * g->stride + tap / g->kernel_width;
    return g->a + ((image * g->height + in_y) * g->width + in_x) * g->k;
}

/// Rows row..<row + count of one vector of packed columns, or of two that are `apart` vectors from each other.
INLINE void few_tile(const ck_gemm *g, const int count, const int vectors, const bool half, size_t row, size_t vector,
                     size_t apart) {
    const size_t length = g->taps * g->k, step = g->taps == 1 ? g->lda : g->stride * g->k;
    const size_t distance = apart * length * LANES;
    vf sums[16][2];
#pragma clang loop unroll(full)
    for (int r = 0; r < count; r++) sums[r][0] = sums[r][1] = (vf){0};
    size_t at = vector * LANES * length;
    for (size_t tap = 0; tap < g->taps; tap++) {
        const float *groups[4];
        for (int j = 0; j < count / 4; j++) groups[j] = row_group(g, row + 4 * j, tap);
        for (size_t i = 0; i < g->k; i++, at += LANES) {
            vf column[2];
#pragma clang loop unroll(full)
            for (int v = 0; v < vectors; v++) {
                const size_t place = at + v * distance;
                column[v] = load_weights(g->b, half, place);
                __builtin_prefetch(half ? (const void *)((const uint16_t *)g->b + place + FEW_AHEAD * LANES)
                                        : (const void *)((const float *)g->b + place + FEW_AHEAD * LANES));
            }
#pragma clang loop unroll(full)
            for (int r = 0; r < count; r++) {
                // A pointer for every four rows and multiples of one distance: the compiler would keep one a row.
                if (r % 4 == 0) __asm__ volatile("" : "+r"(groups[r / 4]));
                const vf x = splat(groups[r / 4][r % 4 * step]);
#pragma clang loop unroll(full)
                for (int v = 0; v < vectors; v++) sums[r][v] += x * column[v];
                if (r % 4 == 3) groups[r / 4]++;
            }
        }
    }
    vf finished[16 * 2];
#pragma clang loop unroll(full)
    for (int r = 0; r < count; r++)
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) finished[r * vectors + v] = sums[r][v];
    finish_tile(g, finished, count, vectors, row, vector);
}

static void any_few_tile(const ck_gemm *g, size_t count, size_t vectors, size_t row, size_t vector, size_t apart) {
#define CASE(COUNT, WIDTH)                                                                                        \
    case (COUNT) * 4 + (WIDTH) * 2: few_tile(g, COUNT, WIDTH, false, row, vector, apart); break;                  \
    case (COUNT) * 4 + (WIDTH) * 2 + 1: few_tile(g, COUNT, WIDTH, true, row, vector, apart); break;
    switch (count * 4 + vectors * 2 + g->half) {
        CASE(4, 1) CASE(4, 2) CASE(8, 1) CASE(12, 1)
#if VECTORS == 4
        CASE(8, 2) CASE(12, 2) CASE(16, 1)
#endif
    }
#undef CASE
}

/// Rows in fours, all of them.
static void gemm_few(const ck_gemm *g, size_t row_begin, size_t row_end, size_t vector_begin, size_t vector_end) {
    const bool geglu = g->activation == ck_geglu;
    const bool paired = geglu || (PAIRED > 4 && row_end - row_begin > TALL);
    for (size_t vector = vector_begin; vector < vector_end;) {
        const size_t vectors = geglu || (paired && vector + 1 < vector_end) ? 2 : 1;
        const size_t height = vectors == 2 ? PAIRED : TALL;
        if (!geglu || vector % VECTORS < VECTORS / 2)
            for (size_t row = row_begin; row < row_end; row += height)
                any_few_tile(g, least(height, row_end - row), vectors, row, vector, geglu ? VECTORS / 2 : 1);
        vector += geglu ? 1 : vectors;
    }
}

/// Whether so many rows, of all that there are, go by micro-kernels for few.
INLINE bool are_few(const ck_gemm *g, size_t rows) {
    return rows <= FEW_ROWS && rows % 4 == 0 && !g->zeros && (g->taps == 1 || g->out_width % 4 == 0);
}

static bool NAME(widens_panels)(const ck_gemm *g) { return g->half && !are_few(g, g->m); }

static void NAME(gemm)(const ck_gemm *g, size_t row_begin, size_t row_end, size_t vector_begin, size_t vector_end,
                       float *scratch) {
    const bool geglu = g->activation == ck_geglu;
    if (!geglu) vector_end = least(vector_end, (g->n + LANES - 1) / LANES);
    if (row_begin == 0 && row_end == g->m && are_few(g, g->m))
        gemm_few(g, row_begin, row_end, vector_begin, vector_end);
    else gemm_many(g, row_begin, row_end, vector_begin, vector_end, scratch);
}
