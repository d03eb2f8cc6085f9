// Vectors of LANES floats and the functions of them that kernels use. Included once for each instruction set, inside
// its target attribute; LANES and NAME(x) are defined by the including file.

#define INLINE static inline __attribute__((always_inline, unused))

typedef float vf __attribute__((vector_size(LANES * 4)));
typedef float vfu __attribute__((vector_size(LANES * 4), aligned(4), may_alias));
typedef int32_t vi __attribute__((vector_size(LANES * 4)));

INLINE vf load(const float *p) { return *(const vfu *)p; }
INLINE void store(float *p, vf v) { *(vfu *)p = v; }
INLINE vf splat(float x) { return x - (vf){0}; }
INLINE vf vmax(vf a, vf b) { return __builtin_elementwise_max(a, b); }
INLINE vf vmin(vf a, vf b) { return __builtin_elementwise_min(a, b); }

INLINE vf load_part(const float *p, size_t n) {
    vf v = {0};
    __builtin_memcpy(&v, p, n * sizeof(float));
    return v;
}
INLINE void store_part(float *p, vf v, size_t n) { __builtin_memcpy(p, &v, n * sizeof(float)); }

#if HAS_HALF
typedef _Float16 vh __attribute__((vector_size(LANES * 2), aligned(2), may_alias));
INLINE vf load_half(const uint16_t *p) { return __builtin_convertvector(*(const vh *)p, vf); }
INLINE void store_half(uint16_t *p, vf v) { *(vh *)p = __builtin_convertvector(v, vh); }
#else
INLINE vf load_half(const uint16_t *p) { return (vf){0}; }
INLINE void store_half(uint16_t *p, vf v) {}
#endif

/// Weights that are halves or floats.
INLINE vf load_weights(const void *weights, const bool half, size_t at) {
    return half ? load_half((const uint16_t *)weights + at) : load((const float *)weights + at);
}

/// 1 / x, rounded as IEEE 754 says. A processor's own estimate would save some cycles, but no two makers' estimates are
/// the same to the bit, and pictures would differ.
INLINE vf reciprocal(vf x) { return 1.f / x; }

INLINE float sum(vf v) {
    float s = 0;
    for (int i = 0; i < LANES; i++) s += v[i];
    return s;
}
INLINE float largest(vf v) {
    float s = v[0];
    for (int i = 1; i < LANES; i++) s = s > v[i] ? s : v[i];
    return s;
}

/// e^x to within 2 units in the last place (the reduction and polynomial of Cephes' expf).
INLINE vf vexp(vf x) {
    x = vmin(vmax(x, splat(-87.3f)), splat(88.3f));
    const vf magic = splat(12582912.f);  // 1.5 * 2^23: adding and subtracting it rounds to the nearest integer
    vf n = x * 1.44269504088896341f + magic;
    n = n - magic;
    vf r = x - n * 0.693359375f;
    r = r + n * 2.12194440e-4f;
    vf p = splat(1.9875691500e-4f);
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + r + 1.f;
    return p * (vf)((__builtin_convertvector(n, vi) + 127) << 23);
}

/// erf(x) to within a few units in the last place (the rational approximation of Eigen's generic_fast_erf_float).
INLINE vf verf(vf x) {
    x = vmin(vmax(x, splat(-4.f)), splat(4.f));
    vf s = x * x;
    vf p = splat(-2.72614225801306e-10f);
    p = p * s + 2.77068142495902e-08f;
    p = p * s - 2.10102402082508e-06f;
    p = p * s - 5.69250639462346e-05f;
    p = p * s - 7.34990630326855e-04f;
    p = p * s - 2.95459980854025e-03f;
    p = p * s - 1.60960333262415e-02f;
    vf q = splat(-1.45660718464996e-05f);
    q = q * s - 2.13374055278905e-04f;
    q = q * s - 1.68282697438203e-03f;
    q = q * s - 7.37332916720468e-03f;
    q = q * s - 1.42647390514189e-02f;
    return x * p * reciprocal(q);
}

INLINE vf sigmoid(vf x) { return reciprocal(1.f + vexp(-x)); }
INLINE vf gelu(vf x) { return 0.5f * x * (1.f + verf(x * 0.70710678118654752f)); }

/// x where it is positive, and slope * x elsewhere (He et al. 2015, arXiv:1502.01852).
INLINE vf prelu(vf x, vf slope) { return vmax(x, (vf){0}) + slope * vmin(x, (vf){0}); }

INLINE vf apply(ck_activation activation, vf x) {
    switch (activation) {
    case ck_silu: return x * sigmoid(x);
    case ck_gelu: return gelu(x);
    case ck_gelu_tanh: return x * sigmoid(1.5957691216057308f * (x + 0.044715f * x * x * x));
    case ck_quick_gelu: return x * sigmoid(1.702f * x);
    case ck_relu: return vmax(x, (vf){0});
    default: return x;
    }
}
