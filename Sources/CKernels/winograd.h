// 3x3 convolutions by Winograd's F(4x4, 3x3): 36 matrix products over tiles instead of 9 over pixels, a quarter of the
// multiplications. Weights are transformed panel by panel as they are needed: that costs a few per cent of the products
// and saves the fourfold memory that transformed weights would take.

#define DEPTH 64  // input channels whose weights are transformed at a time

/// Transforms the weights of input channels first..<first + depth and of some columns, from a panel packed
/// [9, channels, stride] that begins at an offset.
INLINE void transform_weights(const void *packed, const bool half, size_t offset, size_t stride, size_t columns,
                              size_t channels, size_t first, size_t depth, float *transformed) {
    for (size_t c = 0; c < depth; c++)
        for (size_t j = 0; j < columns; j += LANES) {
            vf g[3][3], t[6][3];
            for (int i = 0; i < 9; i++) {
                const size_t at = offset + (i * channels + first + c) * stride + j;
                g[i / 3][i % 3] = half ? load_half((const uint16_t *)packed + at) : load((const float *)packed + at);
            }
#define G(g0, g1, g2, t0, t1, t2, t3, t4, t5)                                                                     \
    {                                                                                                             \
        const vf a = (g0 + g2) * (-1.f / 6), b = g1 * (1.f / 6);                                                  \
        const vf d = g0 * (1.f / 24) + g2 * (1.f / 6), e = g1 * (1.f / 12);                                       \
        t0 = g0 * 0.25f, t1 = a - b, t2 = a + b, t3 = d + e, t4 = d - e, t5 = g2;                                 \
    }
            for (int i = 0; i < 3; i++)
                G(g[0][i], g[1][i], g[2][i], t[0][i], t[1][i], t[2][i], t[3][i], t[4][i], t[5][i])
            for (int i = 0; i < 6; i++) {
                vf u[6];
                G(t[i][0], t[i][1], t[i][2], u[0], u[1], u[2], u[3], u[4], u[5])
                for (int l = 0; l < 6; l++)
                    store(transformed + ((i * 6 + l) * depth + c) * columns + j, u[l]);
            }
#undef G
        }
}

/// Transforms one tile's vector of channels; `part` < LANES where the channels end.
INLINE void transform_input(const float *pixels[6][6], const float *zeros, size_t c, size_t part, float *out,
                            size_t stride) {
#define B(d0, d1, d2, d3, d4, d5, t0, t1, t2, t3, t4, t5)                                                         \
    {                                                                                                             \
        const vf a = d4 - 4 * d2, b = d3 - 4 * d1, e = d4 - d2, f = 2 * (d3 - d1);                                \
        t0 = 4 * d0 - 5 * d2 + d4, t1 = a + b, t2 = a - b, t3 = e + f, t4 = e - f, t5 = 4 * d1 - 5 * d3 + d5;     \
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
            transform_input(pixels, w->zeros, c, LANES, out + c, w->tiles * channels);
        if (c < channels) transform_input(pixels, w->zeros, c, channels - c, out + c, w->tiles * channels);
    }
}

static size_t NAME(winograd_scratch)(size_t tiles) { return 36 * PANEL * (tiles + DEPTH); }

/// Transforms one tile of sums back to 4x4 pixels of one vector of channels, and finishes them.
INLINE void transform_output(const ck_winograd *w, const float *sums, size_t stride, size_t tile, size_t n) {
    const size_t tiles_x = (w->width + 3) / 4, tiles_y = (w->height + 3) / 4, channels = w->out_channels;
    const size_t image = tile / (tiles_x * tiles_y), top = tile / tiles_x % tiles_y * 4, left = tile % tiles_x * 4;
    const size_t present = least(LANES, channels - n);
    vf addend = w->bias ? load(w->bias + n) : (vf){0};
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
            vf v = apply(w->activation, y[j] + addend);
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

static void NAME(winograd_panel)(const ck_winograd *w, size_t panel, size_t vector_begin, size_t vector_end,
                                 size_t tile_begin, size_t tile_end, float *scratch) {
    const size_t stride = panel_vectors(w->out_channels, panel * PANEL) * LANES;
    if (vector_begin * LANES >= stride) return;
    const size_t vectors = least(vector_end, stride / LANES) - vector_begin, columns = vectors * LANES;
    const size_t n0 = panel * PANEL + vector_begin * LANES;
    const size_t count = tile_end - tile_begin, channels = w->in_channels;
    const size_t offset = panel * PANEL * channels * 9 + vector_begin * LANES;
    float *transformed = scratch, *sums = scratch + 36 * PANEL * DEPTH;
    for (size_t c = 0; c < channels; c += DEPTH) {
        const size_t depth = least(DEPTH, channels - c);
        if (w->half) transform_weights(w->weights, true, offset, stride, columns, channels, c, depth, transformed);
        else transform_weights(w->weights, false, offset, stride, columns, channels, c, depth, transformed);
        for (size_t i = 0; i < 36; i++) {
            const float *a = w->transformed + (i * w->tiles + tile_begin) * channels + c;
            for (size_t t = 0; t < count; t += ROWS)
                any_product(least(ROWS, count - t), vectors, a + t * channels, channels,
                            transformed + i * depth * columns, depth, sums + (i * count + t) * columns, columns, c > 0);
        }
    }
    for (size_t t = 0; t < count; t++)
        for (size_t v = 0; v < vectors; v++)
            if (n0 + v * LANES < w->out_channels)
                transform_output(w, sums + t * columns + v * LANES, count * columns, w->first_tile + tile_begin + t,
                                 n0 + v * LANES);
}
