// The products of Winograd's convolution, and which way they go.

/// The sums [36, plane] of some tiles and vectors from weights that were transformed at load.
static void products_of_planes(const ck_winograd *w, size_t vector, size_t vectors, size_t tile_begin, size_t count,
                               float *sums, size_t plane) {
    const size_t all = (w->out_channels + LANES - 1) / LANES, channels = w->in_channels;
    for (size_t i = 0; i < 36; i++) {
        const float *a = w->transformed + i * w->plane + tile_begin * channels;
        for (size_t t = 0; t < count; t += ROWS)
            any_product(least(ROWS, count - t), vectors, a + t * channels, channels,
                        w->planes + (i * all + vector) * channels * LANES, channels,
                        sums + i * plane + t * vectors * LANES, vectors * LANES, false);
    }
}

/// The same from weights that are transformed now, a chunk at a time, which stays in the second-level cache.
static void products_of_weights(const ck_winograd *w, size_t vector, size_t vectors, size_t tile_begin, size_t count,
                                float *sums, size_t plane, float *transformed) {
    const size_t columns = vectors * LANES, channels = w->in_channels;
    for (int row = 0; row < 6; row++)
        for (size_t c = 0; c < channels; c += DEPTH) {
            const size_t depth = least(DEPTH, channels - c), weights_plane = plane_size(depth * columns);
            for (size_t v = 0; v < vectors; v++)
                any_transform_weights(w->weights, w->half, row, (vector + v) * LANES * channels * 9, channels, c,
                                      depth, transformed + v * depth * LANES, weights_plane);
            for (size_t i = 0; i < 6; i++) {
                const float *a = w->transformed + (row * 6 + i) * w->plane + tile_begin * channels + c;
                for (size_t t = 0; t < count; t += ROWS)
                    any_product(least(ROWS, count - t), vectors, a + t * channels, channels,
                                transformed + i * weights_plane, depth,
                                sums + (row * 6 + i) * plane + t * columns, columns, c > 0);
            }
        }
}

/// Some vectors of output channels of many tiles.
static void winograd_many(const ck_winograd *w, size_t vector, size_t vectors, size_t tile_begin, size_t count,
                          float *scratch) {
    const size_t plane = plane_size(count * vectors * LANES);
    float *sums = scratch + 6 * plane_size(PANEL * DEPTH);
    if (w->planes) products_of_planes(w, vector, vectors, tile_begin, count, sums, plane);
    else products_of_weights(w, vector, vectors, tile_begin, count, sums, plane, scratch);
    for (size_t t = 0; t < count; t++)
        for (size_t v = 0; v < vectors; v++)
            transform_output(w, sums + (t * vectors + v) * LANES, plane, w->first_tile + tile_begin + t,
                             (vector + v) * LANES);
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
