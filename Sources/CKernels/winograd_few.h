// Winograd's convolution for so few tiles that storing transformed weights would take longer than multiplying with
// them: here they are transformed in registers and used at once.

#define FEW 8         // the most tiles that go this way
#define TILES VECTORS // tiles whose sums, six planes each, stay in registers
#define FEW_DEPTH 32  // input channels whose weights are copied to the first-level cache at a time

/// Copies one vector of columns of the weights of some input channels to [9, FEW_DEPTH, LANES].
INLINE void copy_weights(const void *packed, const bool half, size_t offset, size_t channels, size_t first,
                         size_t depth, float *weights) {
    for (size_t i = 0; i < 9; i++)
        for (size_t c = 0; c < depth; c++)
            store(weights + (i * FEW_DEPTH + c) * LANES,
                  load_weights(packed, half, offset + (i * channels + first + c) * LANES));
}

/// Adds to the sums [6, TILES, LANES] of one row of planes the products of `count` tiles' transformed channels, whose
/// planes are `plane` and whose tiles `lda` floats apart, with weights [9, FEW_DEPTH, LANES].
INLINE void few_products(const int row, const int count, const float *weights, size_t depth, const float *a,
                         size_t plane, size_t lda, float *sums, bool accumulate) {
    vf s[6][TILES];
#pragma clang loop unroll(full)
    for (int l = 0; l < 6; l++)
#pragma clang loop unroll(full)
        for (int r = 0; r < count; r++) s[l][r] = accumulate ? load(sums + (l * TILES + r) * LANES) : (vf){0};
    const float *planes[6];
#pragma clang loop unroll(full)
    for (int l = 0; l < 6; l++) planes[l] = a + l * plane;
    for (size_t c = 0; c < depth; c++) {
        vf t[3];
#pragma clang loop unroll(full)
        for (int i = 0; i < 3; i++) {
            const float *g = weights + (i * FEW_DEPTH + c) * LANES;
            t[i] = weight_row(row, load(g), load(g + 3 * FEW_DEPTH * LANES), load(g + 6 * FEW_DEPTH * LANES));
        }
        const vf e = t[0] + t[2], f = t[0] + 4 * t[2];
        const vf u[6] = {t[0], e + t[1], e - t[1], f + 2 * t[1], f - 2 * t[1], t[2]};
#pragma clang loop unroll(full)
        for (int l = 0; l < 6; l++) {
            // Six pointers and multiples of one distance: the compiler would keep a pointer for each of 24 numbers.
            __asm__ volatile("" : "+r"(planes[l]));
#pragma clang loop unroll(full)
            for (int r = 0; r < count; r++) s[l][r] += splat(planes[l][r * lda]) * u[l];
            planes[l]++;
        }
    }
#pragma clang loop unroll(full)
    for (int l = 0; l < 6; l++)
#pragma clang loop unroll(full)
        for (int r = 0; r < count; r++) store(sums + (l * TILES + r) * LANES, s[l][r]);
}

static void any_few_products(int row, size_t count, const float *weights, size_t depth, const float *a, size_t plane,
                             size_t lda, float *sums, bool accumulate) {
#define CASE(ROW, COUNT)                                                                                          \
    case (ROW) * 8 + (COUNT):                                                                                     \
        few_products(ROW, COUNT, weights, depth, a, plane, lda, sums, accumulate);                                \
        break;
#if TILES == 4
#define COUNTS(ROW) CASE(ROW, 1) CASE(ROW, 2) CASE(ROW, 3) CASE(ROW, 4)
#else
#define COUNTS(ROW) CASE(ROW, 1) CASE(ROW, 2)
#endif
    switch (row * 8 + count) { COUNTS(0) COUNTS(1) COUNTS(2) COUNTS(3) COUNTS(4) COUNTS(5) }
#undef COUNTS
#undef CASE
}

/// One vector of output channels of few tiles. Scratch: (9 * FEW_DEPTH + 36 * (tiles rounded up to TILES)) * LANES.
static void winograd_few(const ck_winograd *w, size_t vector, size_t tile_begin, size_t count, float *scratch) {
    const size_t n = vector * LANES, channels = w->in_channels, offset = n * channels * 9;
    float *weights = scratch, *sums = scratch + 9 * FEW_DEPTH * LANES;
    for (size_t c = 0; c < channels; c += FEW_DEPTH) {
        const size_t depth = least(FEW_DEPTH, channels - c);
        if (w->half) copy_weights(w->weights, true, offset, channels, c, depth, weights);
        else copy_weights(w->weights, false, offset, channels, c, depth, weights);
        for (size_t t = 0; t < count; t += TILES)
            for (int row = 0; row < 6; row++)
                any_few_products(row, least(TILES, count - t), weights, depth,
                                 w->transformed + row * 6 * w->plane + (tile_begin + t) * channels + c, w->plane,
                                 channels, sums + (t * 36 + row * 6 * TILES) * LANES, c > 0);
    }
    for (size_t t = 0; t < count; t++)
        transform_output(w, sums + (t / TILES * 36 * TILES + t % TILES) * LANES, TILES * LANES,
                         w->first_tile + tile_begin + t, n);
}
