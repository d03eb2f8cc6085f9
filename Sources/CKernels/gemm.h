// Matrix products and direct convolutions: C = A B, with B packed in panels of PANEL columns and these in vectors of
// columns, each one run of memory [length, LANES]. A micro-kernel keeps ROWS x VECTORS sums in registers over the whole
// inner length, so the epilogue sees finished sums and C is written once.

#define PANEL (VECTORS * LANES)

INLINE size_t least(size_t a, size_t b) { return a < b ? a : b; }
INLINE size_t round_up(size_t x, size_t unit) { return (x + unit - 1) / unit * unit; }

/// The vectors of the panel that begins at column n0.
INLINE size_t panel_vectors(size_t n, size_t n0) { return least(VECTORS, (n - n0 + LANES - 1) / LANES); }

/// Inner positions that are packed at a time, so that the lines written stay in the first-level cache.
#define RUN 64

/// Packs a vector of columns, of which `present` come from rows of `weights` and the rest are zeros.
INLINE void pack_vector(const float *weights, size_t stride, size_t present, size_t length, float *packed) {
    for (size_t i0 = 0; i0 < length; i0 += RUN) {
        const size_t end = least(length, i0 + RUN);
        for (size_t j = 0; j < LANES; j++)
            for (size_t i = i0; i < end; i++) packed[i * LANES + j] = j < present ? weights[j * stride + i] : 0;
    }
}

/// Packs columns n0..<n0 + columns of an [n, length] matrix.
INLINE void pack_vectors(const float *weights, size_t stride, size_t n0, size_t n, size_t columns, size_t length,
                         float *packed) {
    for (size_t j = 0; j < columns; j += LANES) {
        const size_t first = least(n, n0 + j);
        pack_vector(weights + first * stride, stride, least(LANES, n - first), length, packed + j * length);
    }
}

static void NAME(pack)(const float *weights, size_t n, size_t taps, size_t k, bool geglu, float *packed,
                       size_t panel_begin, size_t panel_end) {
    const size_t length = taps * k;
    for (size_t panel = panel_begin; panel < panel_end; panel++) {
        float *target = packed + panel * PANEL * length;
        if (geglu) {
            const size_t half = PANEL / 2, outputs = n / 2, n0 = panel * half;
            pack_vectors(weights, length, n0, outputs, half, length, target);
            pack_vectors(weights + outputs * length, length, n0, outputs, half, length, target + half * length);
        } else {
            const size_t n0 = panel * PANEL;
            pack_vectors(weights, length, n0, n, panel_vectors(n, n0) * LANES, length, target);
        }
    }
}

static void NAME(pack_columns)(const float *matrix, size_t ldw, size_t n, size_t k, float *packed) {
    pack_vectors(matrix, ldw, 0, n, round_up(n, LANES), k, packed);
}

static void NAME(pack_rows)(const float *matrix, size_t ldb, size_t k, size_t n, float *packed) {
    for (size_t n0 = 0; n0 < n; n0 += LANES, packed += k * LANES) {
        const size_t present = least(LANES, n - n0);
        for (size_t i = 0; i < k; i++)
            store(packed + i * LANES, present == LANES ? load(matrix + i * ldb + n0)
                                                       : load_part(matrix + i * ldb + n0, present));
    }
}

static bool NAME(fits_half)(const float *x, size_t count) {
    size_t i = 0;
    uint16_t halves[LANES];
    for (; i < count; i += LANES) {
        const size_t part = least(LANES, count - i);
        const vf v = load_part(x + i, part);
        store_half(halves, v);
        const vi differs = (vi)load_half(halves) ^ (vi)v;
        for (int l = 0; l < LANES; l++)
            if (differs[l]) return false;
    }
    return true;
}

static void NAME(narrow)(const float *x, uint16_t *y, size_t count) {
    for (size_t i = 0; i < count; i += LANES) store_half(y + i, load(x + i));
}

/// How far ahead weights are asked for, in rows: what comes from beyond the second-level cache is late otherwise.
#define AHEAD 32

/// Adds the products of one tap: rows[0..<count] of A with vectors of columns of B that are `distance` apart.
INLINE void multiply(const int count, const int vectors, const float *const *rows, size_t k, const float *b,
                     size_t distance, vf sums[ROWS][VECTORS]) {
    size_t i = 0;
    do {
        vf column[VECTORS];
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) {
            column[v] = load(b + v * distance);
            __builtin_prefetch(b + v * distance + AHEAD * LANES);
        }
        b += LANES;
#pragma clang loop unroll(full)
        for (int r = 0; r < count; r++) {
            const vf x = splat(rows[r][i]);
#pragma clang loop unroll(full)
            for (int v = 0; v < vectors; v++) sums[r][v] += x * column[v];
        }
    } while (++i < k);
}

/// Finishes and writes one vector of sums of a row. Its first column is `packed` in the order of the packed weights and n
/// in the result; with geglu, `gate` holds the sums half a panel further.
INLINE void finish(const ck_gemm *g, vf y, vf gate, size_t row, size_t packed, size_t n) {
    if (n >= g->n) return;
    const size_t present = least(LANES, g->n - n);
    const bool whole = present == LANES;
    if (g->bias) y += load(g->bias + packed);
    if (g->activation == ck_geglu) {
        if (g->bias) gate += load(g->bias + packed + PANEL / 2);
        y *= gelu(gate);
    } else {
        if (g->shift) {
            const float *shift = g->shift + row / g->shift_rows * g->n + n;
            y += whole ? load(shift) : load_part(shift, present);
        }
        y = g->slope ? prelu(y, load(g->slope + packed)) : apply(g->activation, y);
    }
    if (g->residual) {
        const float *residual = g->residual + row * g->ldr + n;
        y += whole ? load(residual) : load_part(residual, present);
    }
    float *c = g->c + row * g->ldc + n;
    if (whole) store(c, y);
    else store_part(c, y, present);
}

/// Finishes the sums [count, vectors] of a tile; `first` is the first of its vectors of packed columns. With geglu, the
/// second half of the vectors holds what gates the first.
static void finish_tile(const ck_gemm *g, const vf *sums, size_t count, size_t vectors, size_t row, size_t first) {
    const bool geglu = g->activation == ck_geglu;
    const size_t n0 = geglu ? first / VECTORS * (PANEL / 2) + first % VECTORS * LANES : first * LANES;
    const size_t outputs = geglu ? vectors / 2 : vectors;
    for (size_t r = 0; r < count; r++, sums += vectors)
        for (size_t v = 0; v < outputs; v++)
            finish(g, sums[v], geglu ? sums[v + outputs] : (vf){0}, row + r, (first + v) * LANES, n0 + v * LANES);
}

/// The pixel that output `row` sees at a tap, or zeros.
INLINE const float *tap_row(const ck_gemm *g, size_t row, size_t tap) {
    const size_t x = row % g->out_width, y = row / g->out_width % g->out_height;
    const size_t image = row / g->out_width / g->out_height;
    const size_t in_x = x * g->stride + tap % g->kernel_width - g->pad_left;
    const size_t in_y = y * g->stride + tap / g->kernel_width - g->pad_top;
    if (in_x >= g->width || in_y >= g->height) return g->zeros;  // a negative position wraps round to a large one
    const size_t stored_y = image * (g->height >> g->upsampling) + (in_y >> g->upsampling);
    return g->a + (stored_y * (g->width >> g->upsampling) + (in_x >> g->upsampling)) * g->k;
}

INLINE void clear(const int count, const int vectors, vf sums[ROWS][VECTORS]) {
#pragma clang loop unroll(full)
    for (int r = 0; r < count; r++)
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) sums[r][v] = (vf){0};
}

/// One tile of some vectors of a panel, of which `first` is at b.
INLINE void tile(const ck_gemm *g, const int count, const int vectors, size_t row, size_t first, const float *b) {
    vf sums[ROWS][VECTORS];
    clear(count, vectors, sums);
    const float *rows[ROWS];
    const size_t distance = g->taps * g->k * LANES;
    if (g->zeros || g->taps > 1) {
        size_t tap = 0;
        do {
            for (int r = 0; r < count; r++) rows[r] = tap_row(g, row + r, tap);
            multiply(count, vectors, rows, g->k, b + tap * g->k * LANES, distance, sums);
        } while (++tap < g->taps);
    } else {
        for (int r = 0; r < count; r++) rows[r] = g->a + (row + r) * g->lda;
        multiply(count, vectors, rows, g->k, b, distance, sums);
    }
    vf finished[ROWS * VECTORS];
#pragma clang loop unroll(full)
    for (int r = 0; r < count; r++)
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) finished[r * vectors + v] = sums[r][v];
    finish_tile(g, finished, count, vectors, row, first);
}

/// C (+)= A B for one tile of whole vectors and nothing after it; B is [vectors, k, LANES]. Sums go on from what C holds,
/// so that their order is the same however the inner length is divided.
INLINE void product(const int count, const int vectors, const float *a, size_t lda, const float *b, size_t k, float *c,
                    size_t ldc, bool accumulate) {
    vf sums[ROWS][VECTORS];
    if (accumulate) {
#pragma clang loop unroll(full)
        for (int r = 0; r < count; r++)
#pragma clang loop unroll(full)
            for (int v = 0; v < vectors; v++) sums[r][v] = load(c + r * ldc + v * LANES);
    } else {
        clear(count, vectors, sums);
    }
    const float *rows[ROWS];
    for (int r = 0; r < count; r++) rows[r] = a + r * lda;
    multiply(count, vectors, rows, k, b, k * LANES, sums);
#pragma clang loop unroll(full)
    for (int r = 0; r < count; r++)
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) store(c + r * ldc + v * LANES, sums[r][v]);
}

// A micro-kernel for each height and width, so that every loop over sums unrolls into registers.
#if VECTORS == 4
#define WIDTHS(CASE, COUNT) CASE(COUNT, 1) CASE(COUNT, 2) CASE(COUNT, 3) CASE(COUNT, 4)
#else
#define WIDTHS(CASE, COUNT) CASE(COUNT, 1) CASE(COUNT, 2)
#endif
#define SIZES(CASE) WIDTHS(CASE, 1) WIDTHS(CASE, 2) WIDTHS(CASE, 3) WIDTHS(CASE, 4) WIDTHS(CASE, 5) WIDTHS(CASE, 6)

static void any_tile(const ck_gemm *g, size_t count, size_t vectors, size_t row, size_t first, const float *b) {
#define CASE(COUNT, WIDTH) case (COUNT) * 8 + (WIDTH): tile(g, COUNT, WIDTH, row, first, b); break;
    switch (count * 8 + vectors) { SIZES(CASE) }
#undef CASE
}

static void any_product(size_t count, size_t vectors, const float *a, size_t lda, const float *b, size_t k, float *c,
                        size_t ldc, bool accumulate) {
#define CASE(COUNT, WIDTH) case (COUNT) * 8 + (WIDTH): product(COUNT, WIDTH, a, lda, b, k, c, ldc, accumulate); break;
    switch (count * 8 + vectors) { SIZES(CASE) }
#undef CASE
}

INLINE void widen(const uint16_t *halves, float *floats, size_t count) {
    for (size_t i = 0; i < count; i += LANES) store(floats + i, load_half(halves + i));
}

/// Many rows: weights that are halves are widened once for all of them.
static void gemm_many(const ck_gemm *g, size_t row_begin, size_t row_end, size_t vector_begin, size_t vector_end,
                      float *scratch) {
    const size_t length = g->taps * g->k;
    for (size_t next, vector = vector_begin; vector < vector_end; vector = next) {
        next = least(vector_end, (vector / VECTORS + 1) * VECTORS);
        const size_t offset = vector * LANES * length;
        const float *b = (const float *)g->b + offset;
        if (g->half) {
            widen((const uint16_t *)g->b + offset, scratch, (next - vector) * LANES * length);
            b = scratch;
        }
        for (size_t row = row_begin; row < row_end; row += ROWS)
            any_tile(g, least(ROWS, row_end - row), next - vector, row, vector, b);
    }
}
