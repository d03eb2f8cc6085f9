// Scaled dot-product attention for one block of queries of one head: its scores, their softmax and the weighted sum of
// values stay in the second-level cache; the whole score matrix never exists.

/// Replaces the scores of one query with e^(scale * (score - largest)) and returns one over their sum.
INLINE float exponentials(float *scores, size_t visible, size_t padded, float scale) {
    float peak = -INFINITY;
    size_t i = 0;
    if (visible >= LANES) {
        vf peaks = load(scores);
        for (i = LANES; i + LANES <= visible; i += LANES) peaks = vmax(peaks, load(scores + i));
        peak = largest(peaks);
    }
    for (; i < visible; i++) peak = scores[i] > peak ? scores[i] : peak;
    const vf offset = splat(peak);
    vf total = {0};
    for (i = 0; i + LANES <= visible; i += LANES) {
        const vf e = vexp((load(scores + i) - offset) * scale);
        store(scores + i, e);
        total += e;
    }
    if (i < visible) {
        const size_t part = visible - i;
        const vf e = vexp((load_part(scores + i, part) - offset) * scale);
        store_part(scores + i, e, part);
        for (size_t l = 0; l < part; l++) total[0] += scores[i + l];
    }
    for (i = visible; i < padded; i++) scores[i] = 0;
    return 1.f / sum(total);
}

static void NAME(attention)(const float *q, size_t ldq, const float *keys, const float *values, float *out, size_t ldo,
                            size_t queries, size_t key_count, size_t dim, float scale, bool causal, size_t first_query,
                            float *scratch) {
    const size_t padded = round_up(key_count, LANES);
    float *scores = scratch, *inverse = scratch + queries * padded;
    for (size_t n0 = 0; n0 < key_count; n0 += PANEL)
        for (size_t row = 0; row < queries; row += ROWS)
            any_product(least(ROWS, queries - row), panel_vectors(key_count, n0), q + row * ldq, ldq,
                        keys + n0 * dim, dim, scores + row * padded + n0, padded, false);
    for (size_t row = 0; row < queries; row++) {
        const size_t visible = causal ? least(key_count, first_query + row + 1) : key_count;
        inverse[row] = exponentials(scores + row * padded, visible, padded, scale);
    }
    for (size_t n0 = 0; n0 < dim; n0 += PANEL) {
        const size_t vectors = panel_vectors(dim, n0), whole = least(vectors, (dim - n0) / LANES);
        float part[ROWS * PANEL];
        for (size_t row = 0; row < queries; row += ROWS) {
            const size_t count = least(ROWS, queries - row);
            any_product(count, vectors, scores + row * padded, padded, values + n0 * key_count, key_count, part, PANEL,
                        false);
            for (size_t r = 0; r < count; r++) {
                float *target = out + (row + r) * ldo + n0;
                for (size_t v = 0; v < vectors; v++) {
                    const vf y = load(part + r * PANEL + v * LANES) * inverse[row + r];
                    if (v < whole) store(target + v * LANES, y);
                    else store_part(target + v * LANES, y, dim - n0 - v * LANES);
                }
            }
        }
    }
}
