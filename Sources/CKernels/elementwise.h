// Normalisation and element-wise functions: one pass over memory each.

static void NAME(channel_sums)(const float *x, size_t pixels, size_t channels, size_t stride, float *sums,
                               float *squares) {
    size_t c = 0;
    for (; c + LANES <= channels; c += LANES) {
        const vf pivot = load(x + c);
        vf s = {0}, q = {0};
        for (size_t p = 1; p < pixels; p++) {
            const vf v = load(x + p * stride + c) - pivot;
            s += v;
            q += v * v;
        }
        store(sums + c, s);
        store(squares + c, q);
    }
    for (; c < channels; c++) {
        float s = 0, q = 0;
        for (size_t p = 1; p < pixels; p++) {
            const float v = x[p * stride + c] - x[c];
            s += v;
            q += v * v;
        }
        sums[c] = s;
        squares[c] = q;
    }
}

INLINE void scale_row(const float *x, float *y, size_t channels, const float *scale, const float *offset,
                      ck_activation activation) {
    size_t c = 0;
    for (; c + LANES <= channels; c += LANES)
        store(y + c, apply(activation, load(x + c) * load(scale + c) + load(offset + c)));
    if (c < channels) {
        const size_t part = channels - c;
        const vf v = load_part(x + c, part) * load_part(scale + c, part) + load_part(offset + c, part);
        store_part(y + c, apply(activation, v), part);
    }
}

static void NAME(scale_channels)(const float *x, float *y, size_t pixels, size_t channels, size_t stride,
                                 const float *scale, const float *offset, ck_activation activation) {
#define ROWS_OF(ACTIVATION)                                                                                       \
    case ACTIVATION:                                                                                              \
        for (size_t p = 0; p < pixels; p++)                                                                       \
            scale_row(x + p * stride, y + p * stride, channels, scale, offset, ACTIVATION);                   \
        break;
    switch (activation) {
        ROWS_OF(ck_silu)
        ROWS_OF(ck_relu)
        default: ROWS_OF(ck_identity)
    }
#undef ROWS_OF
}

static void NAME(layer_norm)(const float *x, float *y, size_t rows, size_t channels, const float *weight,
                             const float *bias, float epsilon) {
    for (size_t r = 0; r < rows; r++, x += channels, y += channels) {
        vf s = {0};
        size_t c = 0;
        for (; c + LANES <= channels; c += LANES) s += load(x + c);
        float total = sum(s);
        for (size_t i = c; i < channels; i++) total += x[i];
        const float mean = total / channels;
        vf q = {0};
        for (c = 0; c + LANES <= channels; c += LANES) {
            const vf d = load(x + c) - mean;
            q += d * d;
        }
        float variance = sum(q);
        for (size_t i = c; i < channels; i++) variance += (x[i] - mean) * (x[i] - mean);
        const float inverse = 1.f / __builtin_sqrtf(variance / channels + epsilon);
        for (c = 0; c + LANES <= channels; c += LANES)
            store(y + c, (load(x + c) - mean) * inverse * load(weight + c) + load(bias + c));
        for (; c < channels; c++) y[c] = (x[c] - mean) * inverse * weight[c] + bias[c];
    }
}

static void NAME(activate)(const float *x, float *y, size_t count, ck_activation activation) {
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) store(y + i, apply(activation, load(x + i)));
    if (i < count) store_part(y + i, apply(activation, load_part(x + i, count - i)), count - i);
}

static void NAME(add)(const float *a, const float *b, float *y, size_t count) {
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) store(y + i, load(a + i) + load(b + i));
    for (; i < count; i++) y[i] = a[i] + b[i];
}
