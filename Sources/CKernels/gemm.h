// Matrix products and direct convolutions: C = A B, with B packed in panels of PANEL columns. A micro-kernel keeps
// ROWS x PANEL sums in registers over the whole inner length, so the epilogue sees finished sums and C is written once.

#define PANEL (VECTORS * LANES)

INLINE size_t least(size_t a, size_t b) { return a < b ? a : b; }
INLINE size_t round_up(size_t x, size_t unit) { return (x + unit - 1) / unit * unit; }

/// The vectors of the panel that begins at column n0.
INLINE size_t panel_vectors(size_t n, size_t n0) { return least(VECTORS, (n - n0 + LANES - 1) / LANES); }

/// Inner positions that are packed at a time, so that the lines written stay in the first-level cache.
#define RUN 64

/// Packs columns of one panel, of which `present` come from rows of `weights` and the rest are zeros.
INLINE void pack_panel(const float *weights, size_t stride, size_t present, size_t columns, size_t length,
                       float *packed, size_t packed_columns) {
    for (size_t i0 = 0; i0 < length; i0 += RUN) {
        const size_t end = least(length, i0 + RUN);
        for (size_t j = 0; j < columns; j++)
            for (size_t i = i0; i < end; i++)
                packed[i * packed_columns + j] = j < present ? weights[j * stride + i] : 0;
    }
}

static void NAME(pack)(const float *weights, size_t n, size_t taps, size_t k, bool geglu, float *packed,
                       size_t panel_begin, size_t panel_end) {
    const size_t length = taps * k;
    for (size_t panel = panel_begin; panel < panel_end; panel++) {
        float *target = packed + panel * PANEL * length;
        if (geglu) {
            const size_t half = PANEL / 2, outputs = n / 2, n0 = panel * half, present = least(half, outputs - n0);
            pack_panel(weights + n0 * length, length, present, half, length, target, PANEL);
            pack_panel(weights + (outputs + n0) * length, length, present, half, length, target + half, PANEL);
        } else {
            const size_t n0 = panel * PANEL, columns = panel_vectors(n, n0) * LANES;
            pack_panel(weights + n0 * length, length, least(columns, n - n0), columns, length, target, columns);
        }
    }
}

static void NAME(pack_columns)(const float *matrix, size_t ldw, size_t n, size_t k, float *packed) {
    for (size_t n0 = 0; n0 < n; n0 += PANEL) {
        const size_t columns = panel_vectors(n, n0) * LANES;
        pack_panel(matrix + n0 * ldw, ldw, least(columns, n - n0), columns, k, packed + n0 * k, columns);
    }
}

static void NAME(pack_rows)(const float *matrix, size_t ldb, size_t k, size_t n, float *packed) {
    for (size_t n0 = 0; n0 < n; n0 += PANEL) {
        const size_t columns = panel_vectors(n, n0) * LANES, present = least(columns, n - n0);
        for (size_t i = 0; i < k; i++) {
            __builtin_memcpy(packed + i * columns, matrix + i * ldb + n0, present * sizeof(float));
            for (size_t j = present; j < columns; j++) packed[i * columns + j] = 0;
        }
        packed += columns * k;
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

/// How many rows of a panel are asked for ahead: what comes from beyond the second-level cache is late otherwise.
#define AHEAD 32

/// Adds the products of one tap: rows[0..<count] of A with one panel of B.
INLINE void multiply(const int count, const int vectors, const float *const *rows, size_t k, const float *b,
                     vf sums[ROWS][VECTORS]) {
    size_t i = 0;
    do {
        vf column[VECTORS];
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) column[v] = load(b + v * LANES);
        b += vectors * LANES;
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) __builtin_prefetch(b + (AHEAD * vectors + v) * LANES);
#pragma clang loop unroll(full)
        for (int r = 0; r < count; r++) {
            const vf x = splat(rows[r][i]);
#pragma clang loop unroll(full)
            for (int v = 0; v < vectors; v++) sums[r][v] += x * column[v];
        }
    } while (++i < k);
}

/// Finishes and writes one row of sums whose first column is n0.
INLINE void finish(const ck_gemm *g, const int vectors, const vf *sums, size_t row, size_t n0) {
    float *c = g->c + row * g->ldc;
    const float *shift = g->shift ? g->shift + row / g->shift_rows * g->n : 0;
    const float *residual = g->residual ? g->residual + row * g->ldr : 0;
    const bool geglu = g->activation == ck_geglu;
    const int outputs = geglu ? vectors / 2 : vectors;
#pragma clang loop unroll(full)
    for (int v = 0; v < outputs; v++) {
        const size_t n = n0 + v * LANES;
        if (n >= g->n) return;
        const size_t present = least(LANES, g->n - n);
        const bool whole = present == LANES;
        vf y = sums[v];
        if (geglu) {
            const float *bias = g->bias ? g->bias + n0 * 2 : 0;
            vf gate = sums[v + vectors / 2];
            if (bias) y += load(bias + v * LANES), gate += load(bias + (v + vectors / 2) * LANES);
            y *= gelu(gate);
        } else {
            if (g->bias) y += load(g->bias + n);
            if (shift) y += whole ? load(shift + n) : load_part(shift + n, present);
            y = apply(g->activation, y);
        }
        if (residual) y += whole ? load(residual + n) : load_part(residual + n, present);
        if (whole) store(c + n, y);
        else store_part(c + n, y, present);
    }
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

INLINE void tile(const ck_gemm *g, const int count, const int vectors, size_t row, size_t n0, const float *b) {
    vf sums[ROWS][VECTORS];
    clear(count, vectors, sums);
    const float *rows[ROWS];
    if (g->zeros) {
        size_t tap = 0;
        do {
            for (int r = 0; r < count; r++) rows[r] = tap_row(g, row + r, tap);
            multiply(count, vectors, rows, g->k, b + tap * g->k * vectors * LANES, sums);
        } while (++tap < g->taps);
    } else {
        for (int r = 0; r < count; r++) rows[r] = g->a + (row + r) * g->lda;
        multiply(count, vectors, rows, g->k, b, sums);
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < count; r++) finish(g, vectors, sums[r], row + r, n0);
}

/// C (+)= A B for one tile of whole vectors and nothing after it.
INLINE void product(const int count, const int vectors, const float *a, size_t lda, const float *b, size_t k, float *c,
                    size_t ldc, bool accumulate) {
    vf sums[ROWS][VECTORS];
    clear(count, vectors, sums);
    const float *rows[ROWS];
    for (int r = 0; r < count; r++) rows[r] = a + r * lda;
    multiply(count, vectors, rows, k, b, sums);
#pragma clang loop unroll(full)
    for (int r = 0; r < count; r++)
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) {
            float *p = c + r * ldc + v * LANES;
            store(p, accumulate ? load(p) + sums[r][v] : sums[r][v]);
        }
}

// A micro-kernel for each height and width, so that every loop over sums unrolls into registers.
#if VECTORS == 4
#define WIDTHS(CASE, COUNT) CASE(COUNT, 1) CASE(COUNT, 2) CASE(COUNT, 3) CASE(COUNT, 4)
#else
#define WIDTHS(CASE, COUNT) CASE(COUNT, 1) CASE(COUNT, 2)
#endif
#define SIZES(CASE) WIDTHS(CASE, 1) WIDTHS(CASE, 2) WIDTHS(CASE, 3) WIDTHS(CASE, 4) WIDTHS(CASE, 5) WIDTHS(CASE, 6)

static void any_tile(const ck_gemm *g, size_t count, size_t vectors, size_t row, size_t n0, const float *b) {
#define CASE(COUNT, WIDTH) case (COUNT) * 8 + (WIDTH): tile(g, COUNT, WIDTH, row, n0, b); break;
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

static void NAME(gemm)(const ck_gemm *g, size_t row_begin, size_t row_end, size_t tile_begin, size_t tile_end,
                       float *scratch) {
    const size_t length = g->taps * g->k, tiles = (row_end - row_begin + ROWS - 1) / ROWS;
    const size_t width = g->activation == ck_geglu ? PANEL / 2 : PANEL;
    size_t widened = SIZE_MAX;
    for (size_t t = tile_begin; t < tile_end; t++) {
        const size_t panel = t / tiles, n0 = panel * width, row = row_begin + t % tiles * ROWS;
        const size_t vectors = g->activation == ck_geglu ? VECTORS : panel_vectors(g->n, n0);
        const float *b = g->half ? scratch : (const float *)g->b + panel * PANEL * length;
        if (g->half && panel != widened) {
            widen((const uint16_t *)g->b + panel * PANEL * length, scratch, length * vectors * LANES);
            widened = panel;
        }
        any_tile(g, least(ROWS, row_end - row), vectors, row, n0, b);
    }
}
