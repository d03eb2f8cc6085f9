// The products of Winograd's convolution, and which way they go.

/// Transforms a chunk of weights to L2-resident planes and multiplies them with the tiles: for many tiles.
static void winograd_many(const ck_winograd *w, size_t vector, size_t vectors, size_t tile_begin, size_t count,
                          float *scratch) {
    const size_t columns = vectors * LANES, channels = w->in_channels;
    const size_t n0 = vector * LANES, plane = plane_size(count * columns);
    float *transformed = scratch, *sums = scratch + 6 * plane_size(PANEL * DEPTH);
    for (size_t i = 0; w->planes && i < 36; i++) {
        const size_t all = (w->out_channels + LANES - 1) / LANES;
        for (size_t t = 0; t < count; t += ROWS)
            any_product(least(ROWS, count - t), vectors, w->transformed + i * w->plane + (tile_begin + t) * channels,
                        channels, w->planes + (i * all + vector) * channels * LANES, channels,
                        sums + i * plane + t * columns, columns, false);
    }
    for (int row = w->planes ? 6 : 0; row < 6; row++)
        for (size_t c = 0; c < channels; c += DEPTH) {
            const size_t depth = least(DEPTH, channels - c), weights_plane = plane_size(depth * columns);
            for (size_t v = 0; v < vectors; v++)
                any_transform_weights(w->weights, w->half, row, (n0 + v * LANES) * channels * 9, channels, c, depth,
                                      transformed + v * depth * LANES, weights_plane);
            for (size_t i = 0; i < 6; i++) {
                const float *a = w->transformed + (row * 6 + i) * w->plane + tile_begin * channels + c;
                for (size_t t = 0; t < count; t += ROWS)
                    any_product(least(ROWS, count - t), vectors, a + t * channels, channels,
                                transformed + i * weights_plane, depth,
                                sums + (row * 6 + i) * plane + t * columns, columns, c > 0);
            }
        }
    for (size_t t = 0; t < count; t++)
        for (size_t v = 0; v < vectors; v++)
            if (n0 + v * LANES < w->out_channels)
                transform_output(w, sums + t * columns + v * LANES, plane, w->first_tile + tile_begin + t,
                                 n0 + v * LANES);
}

/// Transforms all weights to planes, for layers with so few that they are worth the memory.
static void NAME(winograd_weights)(const ck_winograd *w, size_t vector, float *planes) {
    const size_t all = (w->out_channels + LANES - 1) / LANES, size = w->in_channels * LANES;
    for (int row = 0; row < 6; row++)
        any_transform_weights(w->weights, w->half, row, vector * size * 9, w->in_channels, 0, w->in_channels,
                              planes + (row * 6 * all + vector) * size, all * size);
}

static size_t NAME(winograd_scratch)(size_t tiles) {
    const size_t many = 36 * plane_size(PANEL * tiles) + 6 * plane_size(PANEL * DEPTH);
    const size_t few = (9 * FEW_DEPTH + 36 * round_up(least(tiles, FEW), TILES)) * LANES;
    return many > few ? many : few;
}

static void NAME(winograd_products)(const ck_winograd *w, size_t vector_begin, size_t vector_end, size_t tile_begin,
                                    size_t tile_end, float *scratch) {
    const size_t count = tile_end - tile_begin;
    vector_end = least(vector_end, (w->out_channels + LANES - 1) / LANES);
    for (size_t vectors, v = vector_begin; v < vector_end; v += vectors) {
        vectors = count <= FEW ? 1 : least(vector_end - v, VECTORS);
        if (count <= FEW) winograd_few(w, v, tile_begin, count, scratch);
        else winograd_many(w, v, vectors, tile_begin, count, scratch);
    }
}
