// 3x3 convolutions by Winograd's F(4x4, 3x3): 36 matrix products over tiles instead of 9 over pixels, a quarter of the
// multiplications. Large layers' weights are transformed as they are needed, which saves the fourfold memory that
// transformed weights would take; small layers' at load.
//
// The factors of the usual weight transform, 1/4, -1/6 and 1/24, are in the input transform here, which runs less often.

#define DEPTH 128  // input channels whose weights are transformed at a time

/// Floats from one plane to the next: not a multiple of what would put all 36 into the same few lines of the cache.
INLINE size_t plane_size(size_t count) { return count + LANES; }

/// A row of the weight transform's left half: one row of three from three of three.
INLINE vf weight_row(const int row, vf g0, vf g1, vf g2) {
    switch (row) {
    case 0: return g0;
    case 1: return g0 + g2 + g1;
    case 2: return g0 + g2 - g1;
    case 3: return g0 + 4 * g2 + 2 * g1;
    case 4: return g0 + 4 * g2 - 2 * g1;
    default: return g2;
    }
}

/// Transforms the weights [9, channels, LANES] of input channels first..<first + depth and of one vector of columns, which
/// begin at an offset, to one row of six planes.
INLINE void transform_weights(const void *packed, const bool half, const int row, size_t offset, size_t channels,
                              size_t first, size_t depth, float *transformed, size_t plane) {
    for (size_t c = 0; c < depth; c++) {
        vf g[3][3], t[3];
#pragma clang loop unroll(full)
        for (int i = 0; i < 9; i++)
            if ((row > 0 || i < 3) && (row < 5 || i >= 6))
                g[i / 3][i % 3] = load_weights(packed, half, offset + (i * channels + first + c) * LANES);
#pragma clang loop unroll(full)
        for (int i = 0; i < 3; i++) t[i] = weight_row(row, g[0][i], g[1][i], g[2][i]);
        float *out = transformed + c * LANES;
        const vf a = t[0] + t[2], b = t[0] + 4 * t[2];
        store(out, t[0]);
        store(out + plane, a + t[1]);
        store(out + 2 * plane, a - t[1]);
        store(out + 3 * plane, b + 2 * t[1]);
        store(out + 4 * plane, b - 2 * t[1]);
        store(out + 5 * plane, t[2]);
    }
}

static void any_transform_weights(const void *packed, bool half, int row, size_t offset, size_t channels, size_t first,
                                  size_t depth, float *transformed, size_t plane) {
#define CASE(HALF, ROW)                                                                                           \
    case (HALF) * 6 + (ROW):                                                                                      \
        transform_weights(packed, HALF, ROW, offset, channels, first, depth, transformed, plane);                 \
        break;
#define ROWS_OF(HALF) CASE(HALF, 0) CASE(HALF, 1) CASE(HALF, 2) CASE(HALF, 3) CASE(HALF, 4) CASE(HALF, 5)
    switch (half * 6 + row) { ROWS_OF(0) ROWS_OF(1) }
#undef ROWS_OF
#undef CASE
}

/// Transforms one tile's vector of channels; `part` < LANES where the channels end.
INLINE void transform_input(const float *pixels[6][6], const float *zeros, size_t c, size_t part, float *out,
                            size_t stride) {
#define B(d0, d1, d2, d3, d4, d5, t0, t1, t2, t3, t4, t5)                                                         \
    {                                                                                                             \
        const vf a = d2 * (2.f / 3) - d4 * (1.f / 6), b = d1 * (2.f / 3) - d3 * (1.f / 6);                        \
        const vf e = (d4 - d2) * (1.f / 24), f = (d3 - d1) * (1.f / 12);                                          \
        t0 = d0 - 1.25f * d2 + 0.25f * d4, t1 = a + b, t2 = a - b, t3 = e + f, t4 = e - f;                        \
        t5 = 4 * d1 - 5 * d3 + d5;                                                                                \
    }
    vf d[6][6];
    for (int j = 0; j < 6; j++) {
        vf q[6];
        for (int i = 0; i < 6; i++) {
            const float *p = pixels[i][j] == zeros ? zeros : pixels[i][j] + c;
            q[i] = part == LANES ? load(p) : load_part(p, part);
        }
        B(q[0], q[1], q[2], q[3], q[4], q[5], d[0][j], d[1][j], d[2][j], d[3][j], d[4][j], d[5][j])
    }
    for (int i = 0; i < 6; i++) {
        vf v[6];
        B(d[i][0], d[i][1], d[i][2], d[i][3], d[i][4], d[i][5], v[0], v[1], v[2], v[3], v[4], v[5])
        for (int l = 0; l < 6; l++) {
            if (part == LANES) store(out + (i * 6 + l) * stride, v[l]);
            else store_part(out + (i * 6 + l) * stride, v[l], part);
        }
    }
#undef B
}

static void NAME(winograd_input)(const ck_winograd *w, size_t tile_begin, size_t tile_end) {
    const size_t tiles_x = (w->width + 3) / 4, tiles_y = (w->height + 3) / 4, channels = w->in_channels;
    const size_t stored_height = w->height >> w->upsampling, stored_width = w->width >> w->upsampling;
    for (size_t t = tile_begin; t < tile_end; t++) {
        const size_t tile = w->first_tile + t, image = tile / (tiles_x * tiles_y);
        const size_t top = tile / tiles_x % tiles_y * 4, left = tile % tiles_x * 4;
        const float *pixels[6][6];
        for (size_t i = 0; i < 6; i++)
            for (size_t j = 0; j < 6; j++) {
                const size_t y = top + i - 1, x = left + j - 1;  // before the edge wraps round to a large position
                const size_t row = image * stored_height + (y >> w->upsampling);
                pixels[i][j] = y >= w->height || x >= w->width
                    ? w->zeros : w->input + (row * stored_width + (x >> w->upsampling)) * channels;
            }
        float *out = w->transformed + t * channels;
        size_t c = 0;
        for (; c + LANES <= channels; c += LANES)
            transform_input(pixels, w->zeros, c, LANES, out + c, w->plane);
        if (c < channels) transform_input(pixels, w->zeros, c, channels - c, out + c, w->plane);
    }
}

/// Transforms one tile of sums back to 4x4 pixels of one vector of channels, and finishes them.
INLINE void transform_output(const ck_winograd *w, const float *sums, size_t stride, size_t tile, size_t n) {
    const size_t tiles_x = (w->width + 3) / 4, tiles_y = (w->height + 3) / 4, channels = w->out_channels;
    const size_t image = tile / (tiles_x * tiles_y), top = tile / tiles_x % tiles_y * 4, left = tile % tiles_x * 4;
    const size_t present = least(LANES, channels - n);
    vf addend = w->bias ? load(w->bias + n) : (vf){0};
    const vf slope = w->slope ? load(w->slope + n) : (vf){0};
    if (w->shift) addend += load_part(w->shift + image * channels + n, present);
    vf m[6][6], r[4][6];
    for (int i = 0; i < 36; i++) m[i / 6][i % 6] = load(sums + i * stride);
#define A(m0, m1, m2, m3, m4, m5, y0, y1, y2, y3)                                                                 \
    {                                                                                                             \
        const vf a = m1 + m2, b = m1 - m2, d = m3 + m4, e = m3 - m4;                                              \
        y0 = m0 + a + d, y1 = b + 2 * e, y2 = a + 4 * d, y3 = b + 8 * e + m5;                                     \
    }
    for (int j = 0; j < 6; j++)
        A(m[0][j], m[1][j], m[2][j], m[3][j], m[4][j], m[5][j], r[0][j], r[1][j], r[2][j], r[3][j])
    for (size_t i = 0; i < 4 && top + i < w->height; i++) {
        vf y[4];
        A(r[i][0], r[i][1], r[i][2], r[i][3], r[i][4], r[i][5], y[0], y[1], y[2], y[3])
        for (size_t j = 0; j < 4 && left + j < w->width; j++) {
            const size_t at = ((image * w->height + top + i) * w->width + left + j) * channels + n;
            vf v = y[j] + addend;
            v = w->slope ? prelu(v, slope) : apply(w->activation, v);
            if (present == LANES) {
                if (w->residual) v += load(w->residual + at);
                store(w->output + at, v);
            } else {
                if (w->residual) v += load_part(w->residual + at, present);
                store_part(w->output + at, v, present);
            }
        }
    }
#undef A
}
